import type { CommandContext, Projection, Reader } from '@baxing/db';
import { isOpen, type TicketState } from '@baxing/tickets';
import { RefusalError } from '@baxing/kernel';
import { assignmentPhaseOf, type AssignmentState, isHolding, isOwed } from '../states.ts';
import type { AssignmentRow } from './rows.ts';

/**
 * The board's numbers, kept in the transaction of each change. Scopes:
 * `progress:<campaign>`, subject `<action>|<unit>`: phase.<phase>, held, late, warned, reportedMilli, verifiedMilli (thousandths of each target), ticketsOpen, ticketsClosed ·
 * `progress.task:<campaign>`, subject the task: held, late, reportedSteps, verifiedSteps ·
 * `assignment.tickets`, subject the assignment: open, closed. Tickets count here and not on the assignment's row, which would make every ticket of a unit wait for it.
 */
export const progressScope = (campaignId: string): string => `progress:${campaignId}`;
export const taskProgressScope = (campaignId: string): string => `progress.task:${campaignId}`;
export const TICKETS_SCOPE = 'assignment.tickets';
export const cellOf = (actionCode: string, unitId: string): string => `${actionCode}|${unitId}`;

type Counted = readonly [scope: string, subject: string, name: string, value: number];

/** A target of 0 has no parts: nothing of it is done until all of it is. */
const milli = (steps: number, target: number, done: boolean): number => (target === 0 ? (done ? 1000 : 0) : Math.floor((1000 * Math.min(steps, target)) / target));

/** Everything that one assignment adds to the counters: a pure function of its row, so that a change counts as what it was taken off and what it is put on. */
export function assignmentCounters(row: AssignmentRow): Counted[] {
  const cell = [progressScope(row.campaign_id), cellOf(row.action_code, row.unit_id)] as const;
  const task = [taskProgressScope(row.campaign_id), row.task_id] as const;
  const phase = assignmentPhaseOf(row.state);
  const counted: Counted[] = [[...cell, `phase.${phase}`, 1]];
  if (!isHolding(row.state)) return counted;
  const late = isOwed(row.state) ? row.late : 0;
  const warned = isOwed(row.state) && late === 0 && (row.warned === 1 || row.accept_warned === 1 || (row.accept_late === 1 && phase === 'waiting')) ? 1 : 0;
  counted.push(
    [...cell, 'held', 1],
    [...cell, 'late', late],
    [...cell, 'warned', warned],
    [...cell, 'reportedMilli', milli(row.reported_steps, row.target_steps, phase === 'checking' || phase === 'done')],
    [...cell, 'verifiedMilli', milli(row.verified_steps, row.target_steps, phase === 'done')],
    [...task, 'held', 1],
    [...task, 'late', late],
    [...task, 'reportedSteps', row.reported_steps],
    [...task, 'verifiedSteps', row.verified_steps],
  );
  return counted;
}

export function countAssignment(ctx: CommandContext, before: AssignmentRow | null, after: AssignmentRow): void {
  if (before) for (const [scope, subject, name, value] of assignmentCounters(before)) ctx.count(scope, subject, name, -value);
  for (const [scope, subject, name, value] of assignmentCounters(after)) ctx.count(scope, subject, name, value);
}

/**
 * A ticket under an assignment was reported, closed or opened again: the board moves in the same transaction.
 * @refuses WRONG_STATE a new ticket for an assignment that owes nothing any more (submitted, verified, returned …)
 */
export const countTickets: Projection = async (ctx, event) => {
  const assignmentId = event.data['assignmentId'];
  if (event.subject !== 'ticket' || typeof assignmentId !== 'string') return;
  const [from, to] = [event.data['from'] as TicketState | null, event.data['to'] as TicketState];
  const open = Number(isOpen(to)) - Number(from !== null && isOpen(from));
  const closed = Number(!isOpen(to)) - Number(from !== null && !isOpen(from));
  if (open === 0 && closed === 0) return;
  const row = await ctx.tx.selectFrom('assignment').select(['campaign_id', 'action_code', 'unit_id', 'state']).where('id', '=', assignmentId).executeTakeFirst();
  if (!row) return;
  const state = row.state as AssignmentState;
  if (from === null && !isOwed(state)) throw new RefusalError('WRONG_STATE', { assignmentId, state, verb: 'tickets.report' });
  const scope = progressScope(row.campaign_id);
  const cell = cellOf(row.action_code, row.unit_id);
  ctx.count(scope, cell, 'ticketsOpen', open);
  ctx.count(scope, cell, 'ticketsClosed', closed);
  ctx.count(TICKETS_SCOPE, assignmentId, 'open', open);
  ctx.count(TICKETS_SCOPE, assignmentId, 'closed', closed);
};

const PAGE = 1000;

/** What the counters must be, from the rows themselves (`counters verify`). Keys: scope, subject and name with line breaks between. */
export async function recountCampaignCounters(reader: Reader): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  const add = (scope: string, subject: string, name: string, value: number): void => {
    if (value !== 0) sums.set(`${scope}\n${subject}\n${name}`, (sums.get(`${scope}\n${subject}\n${name}`) ?? 0) + value);
  };
  const cells = new Map<string, readonly [scope: string, cell: string]>();
  for (let after = ''; ;) {
    const rows = (await reader.selectFrom('assignment').selectAll().where('id', '>', after).orderBy('id').limit(PAGE).execute()) as AssignmentRow[];
    for (const row of rows) {
      for (const counted of assignmentCounters(row)) add(...counted);
      cells.set(row.id, [progressScope(row.campaign_id), cellOf(row.action_code, row.unit_id)]);
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)!.id;
  }
  const tickets = await reader
    .selectFrom('ticket')
    .select(['assignment_id', 'state', (eb) => eb.fn.countAll<number>().as('n')])
    .where('assignment_id', 'is not', null)
    .groupBy(['assignment_id', 'state'])
    .execute();
  for (const { assignment_id, state, n } of tickets) {
    const place = cells.get(assignment_id!);
    if (!place) continue;
    const open = isOpen(state as TicketState);
    add(TICKETS_SCOPE, assignment_id!, open ? 'open' : 'closed', Number(n));
    add(...place, open ? 'ticketsOpen' : 'ticketsClosed', Number(n));
  }
  return sums;
}
