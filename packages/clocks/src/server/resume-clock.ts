import type { CommandContext } from '@baxing/db';
import { latestClock, limitOf, openSpans, reckon, setClockTimer, spansOf, type StartedClock, startedClock } from './clock-rows.ts';

/**
 * Lets the last stopped clock of the kind run on with what was left of its limit (rework, end of a suspension). Time stopped is not counted.
 * A clock that was late stays late. Null when there is none to resume; a clock that still runs is answered as it is.
 */
export async function resumeClock(ctx: CommandContext, subjectId: string, kind: string, { at }: { readonly at: number }): Promise<StartedClock | null> {
  const clock = await latestClock(ctx.tx, subjectId, kind);
  if (!clock) return null;
  if (clock.state !== 'stopped') return startedClock(clock.id, clock);
  const spans = [...spansOf(clock), { from: at, to: null }];
  const reckoned = await reckon(ctx, limitOf(clock), spans);
  await ctx.tx
    .updateTable('clock')
    .set({ ...reckoned, spans: JSON.stringify(openSpans(spans)), stopped_at: null })
    .where('id', '=', clock.id)
    .execute();
  setClockTimer(ctx, { ...clock, ...reckoned });
  return startedClock(clock.id, reckoned);
}
