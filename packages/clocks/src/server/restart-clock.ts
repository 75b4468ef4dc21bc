import type { CommandContext } from '@baxing/db';
import { latestClock, limitOf, type StartedClock } from './clock-rows.ts';
import { type ClockStart, startClock } from './start-clock.ts';
import { stopClock } from './stop-clock.ts';

/** Begins the kind's limit anew, with its last calendar, unit and value where none is given; null when the subject never had such a clock. The old clock stays as history. */
export async function restartClock(ctx: CommandContext, { subjectId, kind, startedAt, ...changed }: Pick<ClockStart, 'subjectId' | 'kind' | 'startedAt'> & Partial<ClockStart>): Promise<StartedClock | null> {
  const last = await latestClock(ctx.tx, subjectId, kind);
  if (!last) return null;
  await stopClock(ctx, subjectId, kind, { at: startedAt });
  return startClock(ctx, { ...limitOf(last), ...changed, subjectId, kind, startedAt });
}
