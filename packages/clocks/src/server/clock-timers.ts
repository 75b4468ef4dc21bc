import type { CommandContext, TimerHandler } from '@baxing/db';
import { ok } from '@baxing/kernel';
import { BREACH_TIMER, recordBreach, setClockTimer, WARN_TIMER } from './clock-rows.ts';

/** Records `clock.warned` once; after a long standstill the breach follows in the same breath, in order. */
async function warnClock(ctx: CommandContext, clockId: string): Promise<void> {
  const clock = await ctx.tx
    .updateTable('clock')
    .set({ warned_at: ctx.at })
    .where('id', '=', clockId)
    .where('state', '=', 'running')
    .where('warned_at', 'is', null)
    .where('warn_at', '<=', ctx.at)
    .returning(['id', 'subject_id', 'kind', 'due_at', 'warn_at', 'warned_at', 'breached_at'])
    .executeTakeFirst();
  if (!clock) return;
  ctx.record({ type: 'clock.warned', subject: 'clock', subjectId: clock.id, scope: {}, data: { clockId: clock.id, subjectId: clock.subject_id, kind: clock.kind, dueAt: clock.due_at } });
  if (clock.due_at! <= ctx.at) await breachClock(ctx, clockId);
  else setClockTimer(ctx, clock);
}

/** Records `clock.breached` once. The clock runs on until its owner stops it. */
async function breachClock(ctx: CommandContext, clockId: string): Promise<void> {
  const clock = await ctx.tx
    .updateTable('clock')
    .set({ breached_at: ctx.at })
    .where('id', '=', clockId)
    .where('state', '=', 'running')
    .where('breached_at', 'is', null)
    .where('due_at', '<=', ctx.at)
    .returning(['id', 'subject_id', 'kind', 'due_at', 'stopped_at'])
    .executeTakeFirst();
  if (clock) recordBreach(ctx, clock);
}

/** For the worker: each kind of timer that this package sets. A timer of a clock that was stopped or moved meanwhile does nothing. */
export const clockTimers: Readonly<Record<string, TimerHandler>> = {
  [WARN_TIMER]: async (ctx, clockId) => ok(await warnClock(ctx, clockId)),
  [BREACH_TIMER]: async (ctx, clockId) => ok(await breachClock(ctx, clockId)),
};
