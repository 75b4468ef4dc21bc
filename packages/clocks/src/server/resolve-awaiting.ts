import { type CalendarBook, isOverdue } from '@baxing/clocks';
import type { CommandContext, JobHandler } from '@baxing/db';
import { loadCalendarBook } from './calendar-cache.ts';
import { type ClockRow, limitOf, openSpans, reckon, recordBreach, setClockTimer, spansOf } from './clock-rows.ts';

export const RESOLVE_AWAITING = 'clocks.resolveAwaiting';

const BATCH = 100;

/**
 * Computes clocks that waited for a calendar, 100 a batch in order of id. A running one gets its timer and the event `clock.resolved`
 * {clockId, subjectId, kind, dueAt, warnAt, localCalendar}, so that its owner copies the due time; one that was stopped meanwhile only its lateness.
 * Those whose year is still missing go on waiting.
 */
const resolveAwaiting: JobHandler = async (ctx, job) => {
  const clocks = await ctx.tx
    .selectFrom('clock')
    .selectAll()
    .where('awaiting_year', 'is not', null)
    .where('id', '>', job.cursor ?? '')
    .orderBy('id')
    .limit(BATCH)
    .execute();
  // Not the cached book: another process may have loaded the year a moment ago.
  const book = await loadCalendarBook(ctx.tx);
  for (const clock of clocks) await resolveClock(ctx, book, clock);
  return { cursor: clocks.length === BATCH ? clocks.at(-1)!.id : null, doneDelta: clocks.length };
};

async function resolveClock(ctx: CommandContext, book: CalendarBook, clock: ClockRow): Promise<void> {
  const stopped = clock.state === 'stopped';
  const { state, ...reckoned } = await reckon(ctx, limitOf(clock), openSpans(spansOf(clock)), book);
  const late = stopped && isOverdue(reckoned.due_at, clock.stopped_at!);
  const mine = await ctx.tx
    .updateTable('clock')
    .set({ ...reckoned, state: stopped ? 'stopped' : state, breached_at: late ? ctx.at : clock.breached_at })
    .where('id', '=', clock.id)
    .where('state', '=', clock.state)
    .where('awaiting_year', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  if (!mine) {
    // Stopped by another process between reading and writing.
    const now = await ctx.tx.selectFrom('clock').selectAll().where('id', '=', clock.id).where('awaiting_year', 'is not', null).executeTakeFirst();
    if (now) await resolveClock(ctx, book, now);
    return;
  }
  if (reckoned.due_at === null) return;
  if (stopped) {
    if (late) recordBreach(ctx, { ...clock, ...reckoned });
    return;
  }
  setClockTimer(ctx, { ...clock, ...reckoned });
  const { due_at: dueAt, warn_at: warnAt, local_calendar: localCalendar } = reckoned;
  ctx.record({
    type: 'clock.resolved',
    subject: 'clock',
    subjectId: clock.id,
    scope: {},
    data: { clockId: clock.id, subjectId: clock.subject_id, kind: clock.kind, dueAt, warnAt, localCalendar },
  });
}

/** For the worker: each kind of job that this package starts. */
export const clockJobs: Readonly<Record<string, JobHandler>> = { [RESOLVE_AWAITING]: resolveAwaiting };
