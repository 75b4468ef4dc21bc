import { type CommandContext, defineCommand } from '@baxing/db';
import { scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Refusal, type Result, ok, refuse } from '@baxing/kernel';
import { assignSchema, bulkDispatchSchema, dispatchSchema } from '../schemas.ts';
import type { Transition } from '../states.ts';
import { accessTicket, accessTickets, type TicketRow } from './access.ts';
import { type Deadline, startHandling } from './deadline.ts';
import { movedAnswer, type MovedTicket, saveMove } from './save.ts';

export interface DispatchedTicket extends MovedTicket {
  readonly unitId: string;
  readonly workerPostId: string | null;
  /** How the handling deadline was computed. */
  readonly deadline: Deadline;
}

interface Receiver {
  readonly unitId: string;
  readonly workerPostId: string | null;
}

/** Posts that take tickets in person. */
const WORKER_ROLES = ['grid_worker', 'officer'] as const;

/**
 * Sends a ticket to a unit, or straight to one of its workers; the handling clock starts.
 * Without a receiver it goes to the unit that answers for the place.
 * @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT, VALIDATION {field: unitId | workerPostId}
 */
export const dispatchTicket = defineCommand({
  name: 'tickets.dispatch',
  input: dispatchSchema,
  async run(ctx, input): Promise<Result<DispatchedTicket>> {
    const access = await accessTicket(ctx, input, 'dispatch');
    if (!access.ok) return access;
    return dispatchOne(ctx, access.value, input, new Map());
  },
});

/** One answer per ticket, in the order given: a refused ticket does not hold the others. */
export type BulkAnswer = ({ readonly ok: true } & DispatchedTicket) | { readonly ok: false; readonly ticketId: string; readonly refusal: Refusal };

/** Up to 1,000 tickets to one receiver (or each to the unit of its place) in one transaction. */
export const bulkDispatchTickets = defineCommand({
  name: 'tickets.bulkDispatch',
  input: bulkDispatchSchema,
  async run(ctx, input): Promise<Result<{ answers: BulkAnswer[]; dispatched: number }>> {
    const known = new Map<string, Result<Receiver>>();
    const seen = new Set<string>();
    const answers: BulkAnswer[] = [];
    const accesses = await accessTickets(ctx, input.tickets, 'dispatch');
    for (const [i, { ticketId }] of input.tickets.entries()) {
      const access = seen.has(ticketId) ? refuse('VALIDATION', { field: 'tickets', rule: 'named twice', index: i }) : accesses[i]!;
      seen.add(ticketId);
      const done = access.ok ? await dispatchOne(ctx, access.value, input, known) : access;
      answers.push(done.ok ? { ok: true, ...done.value } : { ok: false, ticketId, refusal: done.refusal });
    }
    return ok({ answers, dispatched: answers.filter((answer) => answer.ok).length });
  },
});

async function dispatchOne(
  ctx: CommandContext,
  { ticket, transition }: { ticket: TicketRow; transition: Transition },
  wanted: { unitId?: string | undefined; workerPostId?: string | undefined; note: string },
  known: Map<string, Result<Receiver>>,
): Promise<Result<DispatchedTicket>> {
  const key = wanted.unitId ?? wanted.workerPostId ?? ticket.area_path;
  const receiver = known.get(key) ?? (await findReceiver(ctx, ticket, wanted));
  known.set(key, receiver);
  if (!receiver.ok) return receiver;
  const { clock, deadline } = await startHandling(ctx, ticket);
  const moved = await saveMove(ctx, ticket, transition, {
    set: {
      unit_id: receiver.value.unitId,
      worker_post_id: receiver.value.workerPostId,
      dispatched_at: ctx.at,
      accepted_at: null,
      due_at: clock.dueAt,
      clock_state: clock.state,
      // The breach of an earlier receiver stays in the history; this one's clock is new.
      warned: 0,
      late: 0,
    },
    data: { note: wanted.note, dueAt: clock.dueAt },
  });
  if (!moved.ok) return moved;
  return ok({ ...movedAnswer(moved.value), ...receiver.value, deadline });
}

async function findReceiver(ctx: CommandContext, ticket: TicketRow, wanted: { unitId?: string | undefined; workerPostId?: string | undefined }): Promise<Result<Receiver>> {
  const places = ctx.cached(placeCache);
  let unitId: string | undefined = wanted.unitId;
  if (wanted.workerPostId !== undefined) {
    const worker = await findWorker(ctx, wanted.workerPostId);
    if (!worker || (unitId !== undefined && unitId !== worker.unit_id)) return refuse('VALIDATION', { field: 'workerPostId' });
    unitId = worker.unit_id;
  }
  unitId ??= places.locate(ticket.longitude, ticket.latitude, ctx.at)?.territorialUnit?.id;
  if (unitId === undefined || !places.unit(unitId, ctx.at)) return refuse('VALIDATION', { field: 'unitId' });
  if (!withinReach(ctx, unitId)) return refuse('FORBIDDEN', { verb: 'dispatch', unitId });
  return ok({ unitId, workerPostId: wanted.workerPostId ?? null });
}

/** A street or district sends to itself and to units that work inside its area; the city to all. */
function withinReach(ctx: CommandContext, unitId: string): boolean {
  const scope = scopeOf(ctx.cached(policyCache).table, ctx.actor, 'tickets.dispatch');
  if (scope === 'all' || unitId === ctx.actor.unitId) return true;
  if (ctx.actor.areaId === null) return false;
  const places = ctx.cached(placeCache);
  return places.unitAreas(unitId, ctx.at).some((area) => places.pathOf(area.id).includes(`/${ctx.actor.areaId}/`));
}

async function findWorker(ctx: CommandContext, postId: string): Promise<{ unit_id: string } | undefined> {
  return ctx.tx
    .selectFrom('post')
    .innerJoin('account', 'account.id', 'post.account_id')
    .select('post.unit_id')
    .where('post.id', '=', postId)
    .where('post.role', 'in', WORKER_ROLES)
    .where('post.valid_from', '<=', ctx.at)
    .where((eb) => eb.or([eb('post.valid_to', 'is', null), eb('post.valid_to', '>', ctx.at)]))
    .where('account.disabled_at', 'is', null)
    .executeTakeFirst();
}

/**
 * The responsible unit hands the ticket to one of its workers, who has to accept it; the deadline does not move.
 * @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT, VALIDATION {field: workerPostId}
 */
export const assignTicket = defineCommand({
  name: 'tickets.assign',
  input: assignSchema,
  async run(ctx, input): Promise<Result<MovedTicket>> {
    const access = await accessTicket(ctx, input, 'assign');
    if (!access.ok) return access;
    const { ticket, transition } = access.value;
    const worker = await findWorker(ctx, input.workerPostId);
    if (!worker || worker.unit_id !== ticket.unit_id) return refuse('VALIDATION', { field: 'workerPostId' });
    const moved = await saveMove(ctx, ticket, transition, { set: { worker_post_id: input.workerPostId }, data: { note: input.note } });
    return moved.ok ? ok(movedAnswer(moved.value)) : moved;
  },
});
