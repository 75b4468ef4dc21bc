import type { NewEvent, Projection } from '@baxing/db';
import { findTicket, type TicketRow } from './access.ts';
import { HANDLE_CLOCK } from './deadline.ts';
import { recordMove } from './save.ts';

/** A clock's timer fired: the ticket learns that it is due soon or late, or that its awaited calendar has come. Nobody has to open a page. */
export const projectClocks: Projection = async (ctx, event) => {
  const change = CHANGES[event.type];
  if (!change || event.data['kind'] !== HANDLE_CLOCK) return;
  const ticket = await findTicket(ctx.tx, String(event.data['subjectId']));
  if (!ticket) return;
  const set = change.set(event);
  // The command that stopped an expired clock has written its lateness itself.
  if (Object.entries(set).every(([column, value]) => ticket[column as keyof TicketRow] === value)) return;
  const after: TicketRow = { ...ticket, ...set, version: ticket.version + 1, updated_at: ctx.at };
  const saved = await ctx.tx
    .updateTable('ticket')
    .set({ ...set, version: after.version, updated_at: ctx.at })
    .where('id', '=', ticket.id)
    .where('version', '=', ticket.version)
    .executeTakeFirst();
  // Someone moved it meanwhile: nothing of this command stays, and the timer's row fires again.
  if (saved.numUpdatedRows !== 1n) throw new Error(`ticket ${ticket.id} moved while its clock fired`);
  recordMove(ctx, ticket, after, change.event, { dueAt: after.due_at });
};

const CHANGES: Readonly<Record<string, { event: string; set: (event: NewEvent) => Partial<TicketRow> }>> = {
  'clock.warned': { event: 'dueSoon', set: () => ({ warned: 1 }) },
  // A clock that had stopped before is only found late: there is nothing to warn of any more.
  'clock.breached': { event: 'breached', set: (event) => (event.data['stoppedAt'] === null ? { late: 1, warned: 1 } : { late: 1 }) },
  'clock.resolved': { event: 'deadlineSet', set: (event) => ({ due_at: event.data['dueAt'] as number, clock_state: 'running' }) },
};
