import type { CalendarCode, TimeUnit } from '@baxing/clocks';
import type { CommandContext } from '@baxing/db';
import { reckon, setClockTimer, type StartedClock, startedClock } from './clock-rows.ts';

export interface ClockStart {
  readonly subjectId: string;
  /** Which of the subject's limits: handle, accept, … The owner's word; at most one of a kind runs at a time. */
  readonly kind: string;
  readonly calendar?: CalendarCode;
  readonly unit: TimeUnit;
  readonly value: number;
  /** Epoch ms. */
  readonly startedAt: number;
}

/**
 * Starts a time limit inside the command of its owner; a second one of the kind while one runs is a fault.
 * Later the events `clock.warned` and `clock.breached` {clockId, subjectId, kind, dueAt}, once each; and for a clock that had to wait `clock.resolved`.
 */
export async function startClock(ctx: CommandContext, { subjectId, kind, calendar = 'lhasa', unit, value, startedAt }: ClockStart): Promise<StartedClock> {
  if (!(value > 0)) throw new RangeError(`a limit of ${value} ${unit}`);
  const spans = [{ from: startedAt, to: null }];
  const reckoned = await reckon(ctx, { value, unit, calendar }, spans);
  const id = ctx.newId('clk');
  await ctx.tx
    .insertInto('clock')
    .values({ id, subject_id: subjectId, kind, calendar, unit, value, spans: JSON.stringify(spans), started_at: startedAt, stopped_at: null, warned_at: null, breached_at: null, ...reckoned })
    .execute();
  setClockTimer(ctx, { id, due_at: reckoned.due_at, warn_at: reckoned.warn_at, warned_at: null, breached_at: null });
  return startedClock(id, reckoned);
}
