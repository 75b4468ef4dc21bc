import { isOverdue } from '@baxing/clocks';
import type { CommandContext } from '@baxing/db';
import { sql } from 'kysely';
import { BREACH_TIMER, recordBreach, WARN_TIMER } from './clock-rows.ts';

export interface StoppedClock {
  readonly clockId: string;
  readonly dueAt: number | null;
  /** The limit was used up. Unknown, and so false, while the calendar is awaited; the resolving job tells later. */
  readonly late: boolean;
}

/** Ends the running clock of the kind; null when none runs. Lateness that no timer has told yet is recorded here, so it is never lost. */
export async function stopClock(ctx: CommandContext, subjectId: string, kind: string, { at }: { readonly at: number }): Promise<StoppedClock | null> {
  const clock = await ctx.tx
    .updateTable('clock')
    .set({ state: 'stopped', stopped_at: at })
    .where('subject_id', '=', subjectId)
    .where('kind', '=', kind)
    // A literal, so that both databases use the index of active clocks.
    .where('state', '<>', sql.lit('stopped'))
    .returning(['id', 'subject_id', 'kind', 'due_at', 'stopped_at', 'warned_at', 'breached_at'])
    .executeTakeFirst();
  if (!clock) return null;
  const late = isOverdue(clock.due_at, at);
  if (clock.breached_at === null) {
    if (clock.due_at !== null) ctx.clearTimer(clock.warned_at === null ? WARN_TIMER : BREACH_TIMER, clock.id);
    if (late) {
      await ctx.tx.updateTable('clock').set({ breached_at: ctx.at }).where('id', '=', clock.id).execute();
      recordBreach(ctx, clock);
    }
  }
  return { clockId: clock.id, dueAt: clock.due_at, late };
}
