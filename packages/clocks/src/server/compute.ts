import type { Awaiting, CalendarBook, ComputeInput, Interval, LocalCalendar } from '@baxing/clocks';
import type { Reader } from '@baxing/db';
import { latestClock, limitOf, openSpans, spansOf } from './clock-rows.ts';

/** Epoch ms. While a calendar's year is missing: `awaiting` names it, there is no due time and nothing is counted. */
export interface ComputedClock {
  readonly state: 'running' | 'awaiting_calendar';
  readonly dueAt: number | null;
  readonly warnAt: number | null;
  /** Counted intervals, half-open; together exactly the limit. */
  readonly intervals: readonly Interval[];
  readonly localCalendar: LocalCalendar;
  readonly awaiting: Awaiting | null;
}

const answer = (computed: ReturnType<CalendarBook['compute']>): ComputedClock =>
  'awaiting' in computed
    ? { state: 'awaiting_calendar', dueAt: null, warnAt: null, intervals: [], localCalendar: 'unknown', awaiting: computed.awaiting }
    : { state: 'running', ...computed, awaiting: null };

/** `clocks.compute`: what a limit would give. Touches no row: pass the cached book. */
export const computeClock = (book: CalendarBook, input: ComputeInput): ComputedClock => answer(book.compute(input));

/** How the newest clock of the kind comes to its due time, pauses included, by today's calendar; null when there is none. */
export async function explainClock(reader: Reader, book: CalendarBook, subjectId: string, kind: string): Promise<ComputedClock | null> {
  const clock = await latestClock(reader, subjectId, kind);
  return clock ? answer(book.computeOver(limitOf(clock), openSpans(spansOf(clock)))) : null;
}
