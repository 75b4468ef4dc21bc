import { CalendarBook, type CalendarCode, type CalendarRows, type ComputeInput, TIME_UNITS } from '@baxing/clocks';
import { dayOf, formatDay, MINUTE_MS, startOfDay, weekday, yearOf } from '@baxing/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, defaultRows } from './books.ts';

const rows = await defaultRows();
const book = new CalendarBook(rows);

/** What a clerk would do with a wall calendar: look at every single minute. Shares nothing with the engine but the rows. */
function referenceOpen(data: CalendarRows, calendar: CalendarCode): (instant: number) => boolean {
  const kinds = new Map(data.days.map(({ calendar: c, day, kind }) => [`${c} ${day}`, kind]));
  const hours = data.officeHours.find((h) => h.calendar === calendar);
  return (instant) => {
    const day = formatDay(dayOf(instant));
    const kind = (calendar === 'lhasa' ? kinds.get(`lhasa ${day}`) : undefined) ?? kinds.get(`national ${day}`);
    const works = kind ? kind === 'work' : ![0, 6].includes(weekday(dayOf(instant)));
    const time = new Date(instant + 8 * 3_600_000).toISOString().slice(11, 16);
    return works && hours!.intervals.some(([from, to]) => from <= time && time < to);
  };
}

function referenceDue(input: ComputeInput): number {
  const open = referenceOpen(rows, input.calendar);
  let left = input.value * (input.unit === 'work_day' ? 360 : input.unit === 'work_hour' ? 60 : 1);
  let instant = input.startAt;
  for (; left > 0; instant += MINUTE_MS) if (open(instant)) left -= 1;
  return instant;
}

const minutes = (from: string, to: string) => fc.integer({ min: at(from) / MINUTE_MS, max: at(to) / MINUTE_MS }).map((minute) => minute * MINUTE_MS);
const calendar = fc.constantFrom<CalendarCode>('lhasa', 'national');

const officeLimit = fc.oneof(
  fc.record({ unit: fc.constant('work_minute' as const), value: fc.integer({ min: 1, max: 2000 }) }),
  fc.record({ unit: fc.constant('work_hour' as const), value: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ unit: fc.constant('work_day' as const), value: fc.integer({ min: 1, max: 12 }) }),
);
const officeInput = fc.record({ startAt: minutes('2022-01-01 00:00', '2026-10-01 00:00'), calendar, limit: officeLimit }).map(({ limit, ...rest }): ComputeInput => ({ ...rest, ...limit }));

const anyInput = fc
  .record({ startAt: fc.integer({ min: at('2004-01-01 00:00'), max: at('2026-06-01 00:00') }), calendar, unit: fc.constantFrom(...TIME_UNITS), value: fc.integer({ min: 1, max: 40 }) })
  .map((input): ComputeInput => input);

const limitMinutes = ({ unit, value }: ComputeInput): number => value * { urgent_hour: 60, urgent_day: 1440, work_minute: 1, work_hour: 60, work_day: 360, natural_day: 1440 }[unit];

function known(input: ComputeInput) {
  const computed = book.compute(input);
  if ('awaiting' in computed) throw new Error(JSON.stringify(computed));
  return computed;
}

describe('every deadline', () => {
  it('is the one that looking at every minute gives', () => {
    fc.assert(
      fc.property(officeInput, (input) => {
        expect(known(input).dueAt).toBe(referenceDue(input));
      }),
      { numRuns: 200 },
    );
  });

  it('has intervals that add up to the limit exactly, in order, inside office hours, ending at the due instant', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { intervals, dueAt } = known(input);
        expect(intervals.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(limitMinutes(input) * MINUTE_MS);
        for (const [i, { from, to }] of intervals.entries()) {
          expect(from).toBeLessThan(to);
          if (i > 0) expect(from).toBeGreaterThan(intervals[i - 1]!.to);
        }
        expect(intervals[0]!.from).toBeGreaterThanOrEqual(input.startAt);
        expect(intervals.at(-1)!.to).toBe(dueAt);
        expect(book.countedMinutes(input.startAt, dueAt, input.unit, input.calendar)).toBe(limitMinutes(input));
        expect(book.countedMinutes(input.startAt, dueAt - 1, input.unit, input.calendar)).toBeLessThan(limitMinutes(input));
      }),
      { numRuns: 1000 },
    );
  });

  it('never comes earlier for a later start or a longer limit', () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 0, max: 5 }), (input, later, more) => {
        expect(known({ ...input, startAt: input.startAt + later }).dueAt).toBeGreaterThanOrEqual(known(input).dueAt);
        expect(known({ ...input, value: input.value + more }).dueAt).toBeGreaterThanOrEqual(known(input).dueAt);
      }),
      { numRuns: 500 },
    );
  });

  it('warns at three quarters of what is counted, not after the due instant', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { warnAt, dueAt } = known(input);
        expect(warnAt).toBeLessThanOrEqual(dueAt);
        expect(book.countedMinutes(input.startAt, warnAt, input.unit, input.calendar)! * MINUTE_MS).toBeCloseTo(limitMinutes(input) * 0.75 * MINUTE_MS, -1);
        expect(book.warnAt(input)).toBe(warnAt);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same when the time is cut into spans without a pause between, and later by the pause for continuous time', () => {
    fc.assert(
      fc.property(anyInput, fc.array(fc.integer({ min: 1, max: 40_000_000 }), { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 90_000_000 }), (input, cuts, pause) => {
        const { startAt, ...limit } = input;
        const edges = [startAt];
        for (const cut of cuts) edges.push(edges.at(-1)! + cut);
        const spans = edges.map((from, i) => ({ from, to: edges[i + 1] ?? null }));
        expect(book.deadlineOver(limit, spans)).toEqual(book.deadline(input));
        if (limit.unit !== 'natural_day' && limit.unit !== 'urgent_day') return;
        const cut = startAt + cuts[0]!;
        expect(book.deadlineOver(limit, [{ from: startAt, to: cut }, { from: cut + pause, to: null }])).toMatchObject({ dueAt: known(input).dueAt + (cut < known(input).dueAt ? pause : 0) });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a calendar that ends', () => {
  it('answers with a due instant inside known years, or names the first year that is missing', () => {
    const years = fc.uniqueArray(fc.integer({ min: 2004, max: 2026 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(years, anyInput, (kept, input) => {
        const part = new CalendarBook({ ...rows, years: rows.years.filter(({ calendar: c, year }) => c !== 'national' || kept.includes(year)) });
        const computed = part.compute(input);
        if (['urgent_hour', 'urgent_day', 'natural_day'].includes(input.unit)) {
          expect(computed).toEqual(book.compute(input));
          return;
        }
        const { dueAt } = known(input);
        const needed = Array.from({ length: yearOf(dayOf(dueAt - 1)) - yearOf(dayOf(input.startAt)) + 1 }, (_, i) => yearOf(dayOf(input.startAt)) + i);
        const missing = needed.find((year) => !kept.includes(year));
        if (missing === undefined) expect(computed).toMatchObject({ dueAt });
        else expect(computed).toEqual({ awaiting: { calendar: 'national', year: missing, missing: 'year' } });
      }),
      { numRuns: 500 },
    );
  });

  it('counts a midnight as the end of the day before', () => {
    const midnight = new CalendarBook({ years: [{ calendar: 'national', year: 2023 }], days: [{ calendar: 'national', day: '2023-12-31', kind: 'work' }], officeHours: [{ calendar: 'national', validFrom: '2000-01-01', intervals: [['20:00', '24:00']] }] });
    expect(midnight.compute({ startAt: at('2023-12-31 20:00'), value: 4, unit: 'work_hour', calendar: 'national' })).toMatchObject({ dueAt: startOfDay(dayOf(at('2024-01-01 00:00'))), localCalendar: 'known' });
  });
});
