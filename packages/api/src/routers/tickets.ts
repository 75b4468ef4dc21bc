import { filterSchema, getSchema, listSchema, nearbySchema } from '@baxing/tickets';
import {
  acceptTicket,
  assignTicket,
  bulkDispatchTickets,
  closeTicket,
  countsSchema,
  dispatchTicket,
  getTicket,
  isIndexed,
  listTickets,
  nearbyTickets,
  reportTicket,
  returnTicket,
  reworkTicket,
  submitTicket,
  ticketCounts,
  ticketHistory,
  type TicketPage,
  verifyTicket,
} from '@baxing/tickets/server';
import { ok } from '@baxing/kernel';
import { mutation, query, router } from '../trpc.ts';

export const tickets = router({
  report: mutation(reportTicket),
  dispatch: mutation(dispatchTicket),
  bulkDispatch: mutation(bulkDispatchTickets),
  assign: mutation(assignTicket),
  accept: mutation(acceptTicket),
  return: mutation(returnTicket),
  submit: mutation(submitTicket),
  verify: mutation(verifyTicket),
  rework: mutation(reworkTicket),
  close: mutation(closeTicket),
  list: query(listSchema, async ({ services, actor }, input) =>
    services.db.dialect === 'postgres' || isIndexed(input) ? listTickets(services.db, actor, input) : ok(await services.heavy.run<TicketPage>('tickets.list', { actor, input })),
  ),
  get: query(getSchema, ({ services, actor }, input) => getTicket(services.db, actor, input)),
  history: query(getSchema, ({ services, actor }, input) => ticketHistory(services.db, actor, input)),
  nearby: query(nearbySchema, ({ services, actor }, input) => nearbyTickets(services.db, actor, input, services.now())),
  /** With `total`: how many tickets a list's filter finds; without: numbers by state from counters. */
  counts: query(countsSchema.extend({ total: filterSchema.optional() }), async ({ services, actor }, { total, by }) => {
    const counts = await ticketCounts(services.db, actor, { by });
    if (!counts.ok || total === undefined) return counts;
    return ok({ ...counts.value, found: await services.heavy.run<{ total: number; exact: boolean }>('tickets.count', { actor, filter: total }) });
  }),
});
