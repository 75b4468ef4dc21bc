import type { Awaiting, CalendarBook, CalendarCode, Deadline, Limit, LocalCalendar, Span, TimeUnit } from '@baxing/clocks';
import type { CommandContext, Reader, Schema } from '@baxing/db';
import { calendarCache, loadCalendarBook } from './calendar-cache.ts';
import { noteGap } from './calendar-gaps.ts';

/** What the verbs on clock rows share: reading a row, reckoning its deadline, and its one timer. */

export type ClockRow = Schema['clock'];

export const WARN_TIMER = 'clock.warn';
export const BREACH_TIMER = 'clock.breach';

/** What the owner of the subject copies. `dueAt` and `warnAt` are null while `state` is awaiting_calendar. */
export interface StartedClock {
  readonly clockId: string;
  readonly dueAt: number | null;
  readonly warnAt: number | null;
  readonly state: 'running' | 'awaiting_calendar';
  readonly localCalendar: LocalCalendar;
}

export const limitOf = (clock: Pick<ClockRow, 'value' | 'unit' | 'calendar'>): Limit => ({ value: clock.value, unit: clock.unit as TimeUnit, calendar: clock.calendar as CalendarCode });

/** When the clock ran; a stopped clock's last span ends where it stopped. */
export function spansOf(clock: Pick<ClockRow, 'spans' | 'stopped_at'>): Span[] {
  const spans = JSON.parse(clock.spans) as Span[];
  return spans.map((span) => (span.to === null ? { from: span.from, to: clock.stopped_at } : span));
}

export const openSpans = (spans: readonly Span[]): Span[] => spans.map((span, i) => (i === spans.length - 1 ? { from: span.from, to: null } : span));

export type Reckoned = Pick<ClockRow, 'due_at' | 'warn_at' | 'state' | 'awaiting_year' | 'local_calendar'>;

const known = ({ dueAt, warnAt, localCalendar }: Deadline): Reckoned => ({ due_at: dueAt, warn_at: warnAt, state: 'running', awaiting_year: null, local_calendar: localCalendar });

/** The columns of a running clock. When the calendar ends too early it waits, unless newer rows than this process's copy say otherwise. */
export async function reckon(ctx: CommandContext, limit: Limit, spans: readonly Span[], book: CalendarBook = ctx.cached(calendarCache)): Promise<Reckoned> {
  const deadline = book.deadlineOver(limit, spans);
  if (!('awaiting' in deadline)) return known(deadline);
  if (await noteGap(ctx, deadline.awaiting)) return waiting(deadline.awaiting);
  const fresh = (await loadCalendarBook(ctx.tx)).deadlineOver(limit, spans);
  if (!('awaiting' in fresh)) return known(fresh);
  await noteGap(ctx, fresh.awaiting);
  return waiting(fresh.awaiting);
}

const waiting = ({ year }: Awaiting): Reckoned => ({ due_at: null, warn_at: null, state: 'awaiting_calendar', awaiting_year: year, local_calendar: 'unknown' });

/** One timer per clock: first the warning, then the breach. */
export function setClockTimer(ctx: CommandContext, clock: Pick<ClockRow, 'id' | 'due_at' | 'warn_at' | 'warned_at' | 'breached_at'>): void {
  if (clock.due_at === null || clock.warn_at === null || clock.breached_at !== null) return;
  if (clock.warned_at === null) ctx.setTimer({ kind: WARN_TIMER, subjectId: clock.id, dueAt: clock.warn_at });
  else ctx.setTimer({ kind: BREACH_TIMER, subjectId: clock.id, dueAt: clock.due_at });
}

export const startedClock = (id: string, reckoned: Reckoned): StartedClock => ({
  clockId: id,
  dueAt: reckoned.due_at,
  warnAt: reckoned.warn_at,
  state: reckoned.state as StartedClock['state'],
  localCalendar: reckoned.local_calendar,
});

/** The newest clock of the kind, stopped or not. */
export function latestClock(reader: Reader, subjectId: string, kind: string): Promise<ClockRow | undefined> {
  return reader.selectFrom('clock').selectAll().where('subject_id', '=', subjectId).where('kind', '=', kind).orderBy('started_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
}

export function recordBreach(ctx: CommandContext, clock: Pick<ClockRow, 'id' | 'subject_id' | 'kind' | 'due_at' | 'stopped_at'>): void {
  const { id, subject_id, kind, due_at, stopped_at } = clock;
  ctx.record({ type: 'clock.breached', subject: 'clock', subjectId: id, scope: {}, data: { clockId: id, subjectId: subject_id, kind, dueAt: due_at, stoppedAt: stopped_at } });
}
