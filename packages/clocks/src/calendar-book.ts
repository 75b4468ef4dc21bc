import { DAY_MS, dayOf, MINUTE_MS, parseDay, startOfDay, weekday, yearOf } from '@baxing/kernel';
import { type OfficeDay, type OfficeIntervals, officeDay, officeMsBefore, officeMsReached } from './office-hours.ts';
import { CALENDAR_CODES, type CalendarCode, CONTINUOUS_MS, type ComputeInput, OFFICE_MS, type TimeUnit } from './units.ts';

/** Plain rows, as stored. A year without a row is unknown; `off` and `work` days differ from Monday–Friday (national) or from the national day (local). */
export interface CalendarRows {
  readonly years: readonly { readonly calendar: CalendarCode; readonly year: number }[];
  readonly days: readonly { readonly calendar: CalendarCode; readonly day: string; readonly kind: 'off' | 'work' }[];
  readonly officeHours: readonly { readonly calendar: CalendarCode; readonly validFrom: string; readonly intervals: OfficeIntervals }[];
}

/** Epoch ms, half-open. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What has to be loaded before a deadline can be known. */
export interface Awaiting {
  readonly calendar: CalendarCode;
  readonly year: number;
  readonly missing: 'year' | 'office_hours';
}

/** `localCalendar` is unknown when a day between start and due fell in a year without local data, so that the national day stood in. */
export type LocalCalendar = 'known' | 'unknown';

export interface Deadline {
  readonly dueAt: number;
  /** When three quarters of the limit are used. */
  readonly warnAt: number;
  readonly localCalendar: LocalCalendar;
}

export interface ExplainedDeadline extends Deadline {
  /** What was counted, one per office interval, or one per span for a continuous unit; they add up to the limit exactly. */
  readonly intervals: readonly Interval[];
}

/** A limit without its start; see `isLimit` for its bounds. */
export type Limit = Omit<ComputeInput, 'startAt'>;

/** While a clock ran; `to` null = still running. */
export interface Span {
  readonly from: number;
  readonly to: number | null;
}

const WARN_SHARE = 0.75;

/** A run of known years: per day its office hours, and the office time before it. */
interface Segment {
  readonly firstDay: number;
  readonly days: number;
  readonly lastYear: number;
  /** Index into `Schedule.patterns`; 0 = closed. */
  readonly pattern: Uint16Array;
  /** `before[i]`: office ms of the segment before its day i; the last entry is the whole. */
  readonly before: Float64Array;
  /** `unknownBefore[i]`: days before day i whose local year is unknown. */
  readonly unknownBefore: Int32Array;
}

interface Schedule {
  readonly patterns: readonly OfficeDay[];
  readonly segments: readonly Segment[];
}

const CLOSED: OfficeDay = { from: [], to: [], total: 0 };

/**
 * The one engine behind every time limit. Immutable; built from rows, knows no database and no present.
 * Counted time is exact to the millisecond; a calendar is laid out once, on first use, so that a deadline is two lookups and a binary search.
 */
export class CalendarBook {
  readonly #kinds: Readonly<Record<CalendarCode, Map<number, 'off' | 'work'>>>;
  readonly #years: Readonly<Record<CalendarCode, Set<number>>>;
  readonly #hours: Readonly<Record<CalendarCode, { validFrom: number; hours: OfficeDay }[]>>;
  readonly #schedules = new Map<CalendarCode, Schedule>();

  constructor(rows: CalendarRows) {
    this.#kinds = { lhasa: new Map(), national: new Map() };
    this.#years = { lhasa: new Set(), national: new Set() };
    this.#hours = { lhasa: [], national: [] };
    for (const { calendar, year } of rows.years) this.#years[calendar].add(year);
    for (const { calendar, day, kind } of rows.days) this.#kinds[calendar].set(dayNumber(day), kind);
    for (const { calendar, validFrom, intervals } of rows.officeHours) this.#hours[calendar].push({ validFrom: dayNumber(validFrom), hours: officeDay(intervals) });
    for (const calendar of CALENDAR_CODES) this.#hours[calendar].sort((a, b) => a.validFrom - b.validFrom);
  }

  /** Due and warning instants without the intervals: the quick way for a limit that runs through. */
  deadline({ startAt, value, unit, calendar }: ComputeInput): Deadline | { readonly awaiting: Awaiting } {
    const limit = this.#limitMs(calendar, unit, value, startAt);
    if (limit === null) return awaiting(calendar, startAt, 'office_hours');
    const warn = Math.round(limit * WARN_SHARE);
    if (CONTINUOUS_MS[unit] !== undefined) return { dueAt: startAt + limit, warnAt: startAt + warn, localCalendar: 'known' };
    const schedule = this.#schedule(calendar);
    const segment = segmentAt(schedule, startAt);
    if (!segment) return awaiting('national', startAt, 'year');
    const used = officeMsAt(schedule, segment, startAt);
    const dueAt = instantAt(schedule, segment, startAt, used, limit);
    if (dueAt === null) return { awaiting: { calendar: 'national', year: segment.lastYear + 1, missing: 'year' } };
    const warnAt = instantAt(schedule, segment, startAt, used, warn)!;
    return { dueAt, warnAt, localCalendar: calendar === 'national' ? 'known' : localCalendarOf(segment, startAt, dueAt) };
  }

  /** The same for a limit that was paused: only the spans count, in order; the last is taken as still running. The limit is that of the first span's start. */
  deadlineOver(limit: Limit, spans: readonly Span[]): Deadline | { readonly awaiting: Awaiting } {
    const first = spans[0]!;
    if (spans.length === 1) return this.deadline({ ...limit, startAt: first.from });
    const { unit, calendar } = limit;
    const whole = this.#limitMs(calendar, unit, limit.value, first.from);
    if (whole === null) return awaiting(calendar, first.from, 'office_hours');
    const due = this.#reachOver(whole, unit, calendar, spans);
    if (typeof due !== 'number') return due;
    const warn = this.#reachOver(Math.round(whole * WARN_SHARE), unit, calendar, spans);
    if (typeof warn !== 'number') return warn;
    const unknown = CONTINUOUS_MS[unit] === undefined && calendar !== 'national' && spans.some(({ from, to }) => from < due && localCalendarOf(segmentAt(this.#schedule(calendar), from)!, from, Math.min(to ?? due, due)) === 'unknown');
    return { dueAt: due, warnAt: warn, localCalendar: unknown ? 'unknown' : 'known' };
  }

  /**
   * The due instant and every counted interval. A start outside office hours counts from the next opening;
   * due is the EARLIEST instant at which the counted time reaches the limit (13:00, not 15:30).
   */
  compute({ startAt, ...limit }: ComputeInput): ExplainedDeadline | { readonly awaiting: Awaiting } {
    return this.computeOver(limit, [{ from: startAt, to: null }]);
  }

  /** `compute` for a limit that was paused. */
  computeOver(limit: Limit, spans: readonly Span[]): ExplainedDeadline | { readonly awaiting: Awaiting } {
    const deadline = this.deadlineOver(limit, spans);
    if ('awaiting' in deadline) return deadline;
    const { dueAt, warnAt, localCalendar } = deadline;
    const intervals: Interval[] = [];
    for (const [i, span] of spans.entries()) {
      const to = Math.min(i === spans.length - 1 ? dueAt : (span.to ?? dueAt), dueAt);
      if (to <= span.from) continue;
      if (CONTINUOUS_MS[limit.unit] === undefined) this.#addOfficeIntervals(intervals, limit.calendar, span.from, to);
      else intervals.push({ from: span.from, to });
    }
    return { dueAt, warnAt, intervals, localCalendar };
  }

  /** The instant at which 75 % of the limit is used, counted like the limit itself; null while the calendar is awaited. */
  warnAt(input: ComputeInput): number | null {
    const deadline = this.deadline(input);
    return 'awaiting' in deadline ? null : deadline.warnAt;
  }

  /** Minutes (with fractions) that the unit counts in [from, to); null when a needed year or office hours are not loaded. */
  countedMinutes(from: number, to: number, unit: TimeUnit, calendar: CalendarCode): number | null {
    if (to <= from) return 0;
    if (CONTINUOUS_MS[unit] !== undefined) return (to - from) / MINUTE_MS;
    const schedule = this.#schedule(calendar);
    const segment = segmentAt(schedule, from);
    if (!segment || this.#hours[calendar].length === 0 || to > startOfDay(segment.firstDay + segment.days)) return null;
    return (officeMsAt(schedule, segment, to) - officeMsAt(schedule, segment, from)) / MINUTE_MS;
  }

  /** The instant at which the spans have counted `limit` ms. */
  #reachOver(limit: number, unit: TimeUnit, calendar: CalendarCode, spans: readonly Span[]): number | { readonly awaiting: Awaiting } {
    let left = limit;
    for (const [i, { from, to }] of spans.entries()) {
      const last = i === spans.length - 1 || to === null;
      if (CONTINUOUS_MS[unit] !== undefined) {
        if (last || to - from >= left) return from + left;
        left -= to - from;
        continue;
      }
      const schedule = this.#schedule(calendar);
      const segment = segmentAt(schedule, from);
      if (!segment) return awaiting('national', from, 'year');
      const used = officeMsAt(schedule, segment, from);
      const reached = instantAt(schedule, segment, from, used, left);
      if (reached !== null && (last || reached <= to)) return reached;
      if (last || to > startOfDay(segment.firstDay + segment.days)) return { awaiting: { calendar: 'national', year: segment.lastYear + 1, missing: 'year' } };
      left -= officeMsAt(schedule, segment, to) - used;
    }
    throw new RangeError('no span');
  }

  #limitMs(calendar: CalendarCode, unit: TimeUnit, value: number, startAt: number): number | null {
    const continuous = CONTINUOUS_MS[unit];
    if (continuous !== undefined) return Math.round(value * continuous);
    const standard = this.#hoursOn(calendar, dayOf(startAt));
    return standard && Math.round(value * (OFFICE_MS[unit] ?? standard.total));
  }

  /** Office hours hold from their date until the next are dated; the first also for all time before, because none are known to differ. */
  #hoursOn(calendar: CalendarCode, day: number): OfficeDay | null {
    const dated = this.#hours[calendar];
    for (let i = dated.length - 1; i >= 0; i -= 1) if (dated[i]!.validFrom <= day) return dated[i]!.hours;
    return dated[0]?.hours ?? null;
  }

  #isWorkday(calendar: CalendarCode, day: number): boolean {
    const kind = (calendar === 'national' ? undefined : this.#kinds[calendar].get(day)) ?? this.#kinds.national.get(day);
    if (kind) return kind === 'work';
    const w = weekday(day);
    return w !== 0 && w !== 6;
  }

  #schedule(calendar: CalendarCode): Schedule {
    const known = this.#schedules.get(calendar);
    if (known) return known;
    const patterns = [CLOSED, ...this.#hours[calendar].map(({ hours }) => hours)];
    const years = [...this.#years.national].sort((a, b) => a - b);
    const segments: Segment[] = [];
    for (let i = 0; i < years.length; ) {
      let last = i;
      while (years[last + 1] === years[last]! + 1) last += 1;
      segments.push(this.#segment(calendar, patterns, years[i]!, years[last]!));
      i = last + 1;
    }
    const schedule = { patterns, segments };
    this.#schedules.set(calendar, schedule);
    return schedule;
  }

  #segment(calendar: CalendarCode, patterns: readonly OfficeDay[], firstYear: number, lastYear: number): Segment {
    const firstDay = dayNumber(`${firstYear}-01-01`);
    const days = dayNumber(`${lastYear}-12-31`) + 1 - firstDay;
    const pattern = new Uint16Array(days);
    const before = new Float64Array(days + 1);
    const unknownBefore = new Int32Array(days + 1);
    let year = firstYear;
    let nextYear = dayNumber(`${year + 1}-01-01`);
    for (let i = 0; i < days; i += 1) {
      const day = firstDay + i;
      if (day === nextYear) nextYear = dayNumber(`${(year += 1) + 1}-01-01`);
      const hours = this.#isWorkday(calendar, day) ? this.#hoursOn(calendar, day) : null;
      pattern[i] = hours ? patterns.indexOf(hours) : 0;
      before[i + 1] = before[i]! + (hours?.total ?? 0);
      unknownBefore[i + 1] = unknownBefore[i]! + (this.#years[calendar].has(year) ? 0 : 1);
    }
    return { firstDay, days, lastYear, pattern, before, unknownBefore };
  }

  #addOfficeIntervals(intervals: Interval[], calendar: CalendarCode, from: number, to: number): void {
    const schedule = this.#schedule(calendar);
    const segment = segmentAt(schedule, from)!;
    for (let day = dayOf(from); day <= dayOf(to) && day < segment.firstDay + segment.days; day += 1) {
      const office = schedule.patterns[segment.pattern[day - segment.firstDay]!]!;
      const midnight = startOfDay(day);
      for (let i = 0; i < office.from.length; i += 1) {
        const opens = Math.max(from, midnight + office.from[i]!);
        const closes = Math.min(to, midnight + office.to[i]!);
        if (opens < closes) intervals.push({ from: opens, to: closes });
      }
    }
  }
}

const awaiting = (calendar: CalendarCode, at: number, missing: Awaiting['missing']): { readonly awaiting: Awaiting } => ({ awaiting: { calendar, year: yearOf(dayOf(at)), missing } });

function dayNumber(text: string): number {
  const day = parseDay(text);
  if (day === null) throw new RangeError(`not a date: ${text}`);
  return day;
}

function segmentAt({ segments }: Schedule, at: number): Segment | null {
  const day = dayOf(at);
  for (const segment of segments) if (day >= segment.firstDay && day < segment.firstDay + segment.days) return segment;
  return null;
}

/** Office ms of the segment before `at`, which may be the segment's very end. */
function officeMsAt({ patterns }: Schedule, segment: Segment, at: number): number {
  const day = dayOf(at);
  const i = day - segment.firstDay;
  if (i === segment.days) return segment.before[i]!;
  return segment.before[i]! + officeMsBefore(patterns[segment.pattern[i]!]!, at - startOfDay(day));
}

/** The earliest instant at which `limit` more office ms than `used` have passed; null when the segment ends before. */
function instantAt({ patterns }: Schedule, segment: Segment, startAt: number, used: number, limit: number): number | null {
  if (limit <= 0) return startAt;
  const { before, days, firstDay } = segment;
  const wanted = used + limit;
  if (wanted > before[days]!) return null;
  // Within `limit` office time there lie at least limit / 24 h days, so the search starts there.
  let low = dayOf(startAt) - firstDay + Math.max(0, Math.ceil(limit / DAY_MS) - 1);
  let high = days - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before[middle + 1]! >= wanted) high = middle;
    else low = middle + 1;
  }
  return startOfDay(firstDay + low) + officeMsReached(patterns[segment.pattern[low]!]!, wanted - before[low]!);
}

function localCalendarOf(segment: Segment, startAt: number, dueAt: number): LocalCalendar {
  const first = dayOf(startAt) - segment.firstDay;
  // A due instant at 24:00 belongs to the day that it ends.
  const last = dayOf(dueAt - 1) - segment.firstDay;
  return segment.unknownBefore[last + 1]! > segment.unknownBefore[first]! ? 'unknown' : 'known';
}
