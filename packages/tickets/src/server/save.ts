import type { CommandContext, EventScope, Schema } from '@baxing/db';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import type { Updateable } from 'kysely';
import type { PhotoInput } from '../schemas.ts';
import { phaseOf, type TicketState, type Transition } from '../states.ts';
import { scopeOfTicket, type TicketRow } from './access.ts';

/** What every transition writes, in one place: the versioned row, the event, the counters, the handlers, the photos. */

export interface Move {
  readonly set?: Updateable<Schema['ticket']>;
  /** Goes into the event: note, reason, unit, worker, due time. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** @refuses CONFLICT someone else moved it since it was read */
export async function saveMove(ctx: CommandContext, ticket: TicketRow, transition: Transition, move: Move = {}): Promise<Result<TicketRow>> {
  const after = { ...ticket, ...move.set, state: transition.to, version: ticket.version + 1, updated_at: ctx.at } as TicketRow;
  const saved = await ctx.tx
    .updateTable('ticket')
    .set({ ...move.set, state: transition.to, version: after.version, updated_at: ctx.at })
    .where('id', '=', ticket.id)
    .where('version', '=', ticket.version)
    .executeTakeFirst();
  if (saved.numUpdatedRows !== 1n) return refuse('CONFLICT', { version: ticket.version });
  recordMove(ctx, ticket, after, transition.event, move.data ?? {});
  return ok(after);
}

/** Whoever had a part in it before hears of the change too, or it would stay in his list. */
function scopeOfMove(before: TicketRow | null, after: TicketRow): EventScope {
  const scope = scopeOfTicket(after);
  if (!before) return scope;
  const old = scopeOfTicket(before);
  return { ...scope, units: [...new Set([...scope.units, ...old.units])], posts: [...new Set([...scope.posts, ...old.posts])] };
}

/** Event and counters of a ticket that went from one row to another (`before` null: it is new). */
export function recordMove(ctx: CommandContext, before: TicketRow | null, after: TicketRow, event: string, data: Readonly<Record<string, unknown>>): void {
  ctx.record({
    type: `ticket.${event}`,
    subject: 'ticket',
    subjectId: after.id,
    scope: scopeOfMove(before, after),
    data: {
      from: before?.state ?? null,
      to: after.state,
      phaseFrom: before ? phaseOf(before.state) : null,
      phaseTo: phaseOf(after.state),
      unitId: after.unit_id,
      workerPostId: after.worker_post_id,
      assignmentId: after.assignment_id,
      taskId: after.task_id,
      late: after.late,
      version: after.version,
      ...data,
    },
  });
  if (before) countTicket(ctx, before, -1);
  countTicket(ctx, after, 1);
}

/** Counter scopes: `ticket.unit` by responsible unit, `ticket.street` by place. Names: the state, and `late` among open ones. */
export function ticketCounters(ticket: Pick<TicketRow, 'state' | 'unit_id' | 'street_id' | 'late'>): { scope: string; subject: string; name: string }[] {
  const names = [ticket.state as string, ...(ticket.late === 1 && phaseOf(ticket.state) !== 'closed' ? ['late'] : [])];
  const keys: [string, string][] = [['ticket.street', ticket.street_id ?? 'none']];
  if (ticket.unit_id !== null) keys.push(['ticket.unit', ticket.unit_id]);
  return keys.flatMap(([scope, subject]) => names.map((name) => ({ scope, subject, name })));
}

function countTicket(ctx: CommandContext, ticket: TicketRow, delta: 1 | -1): void {
  for (const { scope, subject, name } of ticketCounters(ticket)) ctx.count(scope, subject, name, delta);
}

/** Who touched the work may not verify it. */
export async function addHandler(ctx: CommandContext, ticketId: string, actor: Actor): Promise<void> {
  await ctx.tx
    .insertInto('ticket_handler')
    .values({ ticket_id: ticketId, post_id: actor.postId, account_id: actor.accountId, unit_id: actor.unitId, role: actor.role })
    .onConflict((c) => c.columns(['ticket_id', 'post_id']).doNothing())
    .execute();
}

/** @refuses NOT_FOUND {fileId} the file does not exist or was not uploaded by this account */
export async function addPhotos(ctx: CommandContext, ticketId: string, round: number, photos: readonly PhotoInput[]): Promise<Result<null>> {
  if (photos.length === 0) return ok(null);
  const ids = [...new Set(photos.map((photo) => photo.fileId))];
  const known = await ctx.tx.selectFrom('file').select('id').where('id', 'in', ids).where('uploaded_by', '=', ctx.actor.accountId).execute();
  if (known.length !== ids.length) {
    const found = new Set(known.map((file) => file.id));
    return refuse('NOT_FOUND', { fileId: ids.find((id) => !found.has(id)) });
  }
  await ctx.tx
    .insertInto('ticket_photo')
    .values(
      photos.map((photo) => ({
        id: ctx.newId('pho'),
        ticket_id: ticketId,
        file_id: photo.fileId,
        stage: photo.stage,
        round,
        post_id: ctx.actor.postId,
        added_at: ctx.at,
        taken_at: photo.takenAt ?? null,
        longitude: photo.longitude ?? null,
        latitude: photo.latitude ?? null,
        accuracy_m: photo.accuracy ?? null,
      })),
    )
    .execute();
  return ok(null);
}

export interface MovedTicket {
  readonly ticketId: string;
  readonly state: TicketState;
  readonly version: number;
}

export const movedAnswer = (ticket: TicketRow): MovedTicket => ({ ticketId: ticket.id, state: ticket.state, version: ticket.version });
