import { isOverdue } from '@baxing/clocks';
import type { CommandContext, NewEvent, Projection, TimerHandler } from '@baxing/db';
import { ok } from '@baxing/kernel';
import { assignmentPhaseOf, isOwed } from '../states.ts';
import type { AssignmentRow } from './rows.ts';
import { saveAssignment } from './save.ts';
import { ACCEPT_CLOCK, LATE_TIMER, WARN_TIMER } from './time-limits.ts';

/** What happens when a time limit of an assignment comes near or passes. */

const find = async (ctx: CommandContext, id: string): Promise<AssignmentRow | undefined> =>
  (await ctx.tx.selectFrom('assignment').selectAll().where('id', '=', id).executeTakeFirst()) as AssignmentRow | undefined;

async function flag(ctx: CommandContext, row: AssignmentRow, set: Partial<Pick<AssignmentRow, 'late' | 'warned' | 'accept_late' | 'accept_warned' | 'accept_due_at'>>, event: string): Promise<void> {
  if (Object.entries(set).every(([column, value]) => row[column as keyof AssignmentRow] === value)) return;
  const saved = await saveAssignment(ctx, row, { to: row.state, event }, set, { deadlineAt: row.deadline_at, acceptDueAt: set.accept_due_at ?? row.accept_due_at });
  // Someone moved it meanwhile: nothing of this stays, and the timer's row fires again.
  if (!saved.ok) throw new Error(`assignment ${row.id} moved while its timer fired`);
}

/** For the worker. Who has submitted in time is neither warned nor late. */
export const campaignTimers: Readonly<Record<string, TimerHandler>> = {
  [WARN_TIMER]: async (ctx, id) => {
    const row = await find(ctx, id);
    if (row && isOwed(row.state) && row.deadline_at !== null && row.late === 0) await flag(ctx, row, { warned: 1 }, 'dueSoon');
    return ok(null);
  },
  [LATE_TIMER]: async (ctx, id) => {
    const row = await find(ctx, id);
    if (row && isOwed(row.state) && isOverdue(row.deadline_at, ctx.at)) await flag(ctx, row, { late: 1, warned: 1 }, 'late');
    return ok(null);
  },
};

const CHANGES: Readonly<Record<string, { event: string; set: (event: NewEvent) => Partial<AssignmentRow> }>> = {
  'clock.warned': { event: 'acceptDueSoon', set: () => ({ accept_warned: 1 }) },
  'clock.breached': { event: 'acceptLate', set: () => ({ accept_late: 1, accept_warned: 1 }) },
  'clock.resolved': { event: 'acceptDeadlineSet', set: (event) => ({ accept_due_at: event.data['dueAt'] as number }) },
};

/** The accept clock spoke: the assignment's row follows. What the moving command has written itself is not written twice. */
export const followAcceptClock: Projection = async (ctx, event) => {
  const change = CHANGES[event.type];
  if (!change || event.data['kind'] !== ACCEPT_CLOCK) return;
  const row = await find(ctx, String(event.data['subjectId']));
  if (!row || (event.type === 'clock.warned' && assignmentPhaseOf(row.state) !== 'waiting')) return;
  const set = change.set(event);
  // A clock that was stopped late says so once more here; the row knows it already.
  if (set.accept_late === 1 && row.accept_late === 1) return;
  await flag(ctx, row, set, change.event);
};
