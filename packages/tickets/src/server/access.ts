import type { CommandContext, Database, EventScope, Reader, Schema, Tx } from '@baxing/db';
import { inScope, type Scope, scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { type Actor, type Refusal, type Result, ok, refuse } from '@baxing/kernel';
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from 'kysely';
import { decide, evidenceFor, type TicketFacts } from '../decide.ts';
import type { PhotoStage } from '../schemas.ts';
import { type TicketMay, type TicketState, TICKET_VERBS, type TicketVerb, type Transition, transitionOf } from '../states.ts';

/** To load is to authorise: every read or change of one ticket starts here. */

export type TicketRow = Omit<Selectable<Schema['ticket']>, 'state'> & { state: TicketState };

/** Who may learn of this ticket: the same shape filters the live stream and the history. */
export function scopeOfTicket(ticket: Pick<TicketRow, 'unit_id' | 'reported_by_unit' | 'worker_post_id' | 'reported_by_post' | 'area_path' | 'action_code'>): Required<EventScope> {
  return {
    units: [...new Set([ticket.unit_id, ticket.reported_by_unit].filter((unit) => unit !== null))],
    posts: [...new Set([ticket.worker_post_id, ticket.reported_by_post].filter((post) => post !== null))],
    areaPath: ticket.area_path,
    actionCode: ticket.action_code,
  };
}

/** The rows that `inScope` would let through, as a condition. */
export function visibleTickets(scope: Scope, actor: Actor) {
  return (eb: ExpressionBuilder<Schema, 'ticket'>): Expression<SqlBool> => {
    const mine = [eb('ticket.worker_post_id', '=', actor.postId), eb('ticket.reported_by_post', '=', actor.postId)];
    const unit = [...mine, eb('ticket.unit_id', '=', actor.unitId), eb('ticket.reported_by_unit', '=', actor.unitId)];
    switch (scope) {
      case 'all':
        return eb.lit(true) as unknown as Expression<SqlBool>;
      case 'area':
        return actor.areaId === null ? eb.or(unit) : eb.or([eb('ticket.area_path', 'like', `%/${actor.areaId}/%`), ...unit]);
      case 'action':
        return actor.actionCode === null ? eb.or(mine) : eb.or([eb('ticket.action_code', '=', actor.actionCode), ...mine]);
      case 'unit':
        return eb.or(unit);
      default:
        return eb.or(mine);
    }
  };
}

export async function findTicket(reader: Reader | Tx, ticketId: string): Promise<TicketRow | undefined> {
  return (await reader.selectFrom('ticket').selectAll().where('id', '=', ticketId).executeTakeFirst()) as TicketRow | undefined;
}

/** @refuses NOT_FOUND when it does not exist or the actor may not see it: the same answer for both */
export async function readTicket(db: Database, actor: Actor, ticketId: string, verb: 'get' | 'history' = 'get'): Promise<Result<TicketRow>> {
  const scope = scopeOf(db.caches.get(policyCache).table, actor, `tickets.${verb}`);
  const ticket = await findTicket(db.read, ticketId);
  if (!ticket || scope === null || !inScope(scope, actor, scopeOfTicket(ticket))) return refuse('NOT_FOUND', { ticketId });
  return ok(ticket);
}

async function handlersOf(reader: Reader | Tx, ticketIds: readonly string[]): Promise<Map<string, TicketFacts['handlers']>> {
  const rows = ticketIds.length === 0 ? [] : await reader.selectFrom('ticket_handler').selectAll().where('ticket_id', 'in', ticketIds).execute();
  const byTicket = new Map<string, TicketFacts['handlers'][number][]>();
  for (const row of rows) byTicket.set(row.ticket_id, [...(byTicket.get(row.ticket_id) ?? []), { postId: row.post_id, accountId: row.account_id, unitId: row.unit_id, role: row.role }]);
  return byTicket;
}

/** Photos that count as evidence now: `after` only of the present round, since a rework asks for new ones, and never a picture that the ticket had already. */
async function photoCounts(reader: Reader | Tx, ticket: TicketRow): Promise<TicketFacts['photos']> {
  const rows = await reader.selectFrom('ticket_photo').select(['stage', 'round', 'file_id']).where('ticket_id', '=', ticket.id).execute();
  const isNewAfter = (row: { stage: string; round: number }): boolean => row.stage === 'after' && row.round === ticket.rework_count;
  const known = new Set(rows.filter((row) => !isNewAfter(row)).map((row) => row.file_id));
  const counts: Partial<Record<PhotoStage, number>> = {};
  for (const row of rows) if (row.stage !== 'after' || (isNewAfter(row) && !known.has(row.file_id))) counts[row.stage as PhotoStage] = (counts[row.stage as PhotoStage] ?? 0) + 1;
  return counts;
}

const factsOf = (ticket: TicketRow, handlers: TicketFacts['handlers'], photos: TicketFacts['photos']): TicketFacts => ({
  state: ticket.state,
  unitId: ticket.unit_id,
  workerPostId: ticket.worker_post_id,
  handlers,
  photos,
});

const REACHING: readonly Scope[] = ['all', 'area', 'action'];

/**
 * Loads a ticket for one verb of one actor.
 * @refuses NOT_FOUND not visible; FORBIDDEN visible, but not this verb of this actor; WRONG_STATE; SEPARATION; CONFLICT the version is not the one the client saw
 */
export async function accessTicket(ctx: CommandContext, input: { ticketId: string; version?: number | undefined }, verb: TicketVerb): Promise<Result<{ ticket: TicketRow; transition: Transition }>> {
  const [ticket] = await loadForVerb(ctx, [input.ticketId], verb);
  return judge(ctx, ticket, input, verb);
}

/** Two dispatches at once would each start a clock; on PostgreSQL the second waits here for the first. Always in one order, so that two bulks never wait for each other. */
async function loadForVerb(ctx: CommandContext, ids: readonly string[], verb: TicketVerb): Promise<TicketRow[]> {
  const query = ctx.tx.selectFrom('ticket').selectAll().where('id', 'in', ids);
  return (await (ctx.dialect === 'postgres' && verb === 'dispatch' ? query.orderBy('id').forUpdate() : query).execute()) as TicketRow[];
}

/** As `accessTicket` for many at once: rows and handlers are read in bulk. */
export async function accessTickets(
  ctx: CommandContext,
  inputs: readonly { ticketId: string; version?: number | undefined }[],
  verb: TicketVerb,
): Promise<Result<{ ticket: TicketRow; transition: Transition }>[]> {
  const rows = new Map<string, TicketRow>();
  const ids = [...new Set(inputs.map((input) => input.ticketId))].sort();
  for (let i = 0; i < ids.length; i += 200) for (const row of await loadForVerb(ctx, ids.slice(i, i + 200), verb)) rows.set(row.id, row);
  const results: Result<{ ticket: TicketRow; transition: Transition }>[] = [];
  for (const input of inputs) results.push(await judge(ctx, rows.get(input.ticketId), input, verb));
  return results;
}

async function judge(ctx: CommandContext, ticket: TicketRow | undefined, input: { ticketId: string; version?: number | undefined }, verb: TicketVerb): Promise<Result<{ ticket: TicketRow; transition: Transition }>> {
  const { actor } = ctx;
  const policy = ctx.cached(policyCache);
  const sight = scopeOf(policy.table, actor, 'tickets.get');
  if (!ticket || sight === null || !inScope(sight, actor, scopeOfTicket(ticket))) return refuse('NOT_FOUND', { ticketId: input.ticketId });
  const scope = scopeOf(policy.table, actor, `tickets.${verb}`);
  if (scope === null || !inScope(scope, actor, scopeOfTicket(ticket))) return refuse('FORBIDDEN', { verb });
  const handlers = transitionOf(verb).by === 'checker' ? ((await handlersOf(ctx.tx, [ticket.id])).get(ticket.id) ?? []) : [];
  const decision = decide(factsOf(ticket, handlers, {}), verb, actor, { separation: policy.settings.separation, reachesBeyondUnit: REACHING.includes(scope) });
  if (!decision.ok) return decision;
  if (input.version !== undefined && input.version !== ticket.version) return refuse('CONFLICT', { version: ticket.version, given: input.version });
  return ok({ ticket, transition: decision.value });
}

/** @refuses EVIDENCE_MISSING {stages} */
export async function checkEvidence(ctx: CommandContext, ticket: TicketRow, verb: TicketVerb): Promise<Result<null>> {
  return evidenceFor(verb, await photoCounts(ctx.tx, ticket));
}

function mayOf(db: Database, actor: Actor, ticket: TicketRow, handlers: TicketFacts['handlers']): TicketMay {
  const policy = db.caches.get(policyCache);
  const subject = scopeOfTicket(ticket);
  const facts = factsOf(ticket, handlers, {});
  const judgeVerb = (verb: TicketVerb): true | Refusal => {
    const scope = scopeOf(policy.table, actor, `tickets.${verb}`);
    if (scope === null || !inScope(scope, actor, subject)) return { code: 'FORBIDDEN', details: { verb } };
    const decision = decide(facts, verb, actor, { separation: policy.settings.separation, reachesBeyondUnit: REACHING.includes(scope) });
    return decision.ok ? true : decision.refusal;
  };
  return Object.fromEntries(TICKET_VERBS.map((verb) => [verb, judgeVerb(verb)])) as TicketMay;
}

/** What the actor may do with each ticket now; buttons are drawn from it. */
export async function mayOfTickets(db: Database, actor: Actor, tickets: readonly TicketRow[]): Promise<Map<string, TicketMay>> {
  const handlers = await handlersOf(
    db.read,
    tickets.map((ticket) => ticket.id),
  );
  return new Map(tickets.map((ticket) => [ticket.id, mayOf(db, actor, ticket, handlers.get(ticket.id) ?? [])]));
}
