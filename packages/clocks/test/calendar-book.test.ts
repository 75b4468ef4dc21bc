import { CalendarBook, type CalendarCode, computeInputSchema, isOverdue, type TimeUnit, timeUnitOf } from '@baxing/clocks';
import { describe, expect, it } from 'vitest';
import { at, defaultBook, defaultRows, shown } from './books.ts';

const book = await defaultBook();

function due(startAt: string, value: number, unit: TimeUnit, calendar: CalendarCode = 'lhasa'): string {
  const computed = book.compute({ startAt: at(startAt), value, unit, calendar });
  return 'awaiting' in computed ? `awaiting ${computed.awaiting.calendar} ${computed.awaiting.year}` : shown(computed.dueAt);
}

describe('exact cases', () => {
  const cases: readonly (readonly [what: string, start: string, value: number, unit: TimeUnit, calendar: CalendarCode, due: string])[] = [
    ['a limit that fills the morning ends at its close, not at the next opening', '2023-11-28 09:30', 3.5, 'work_hour', 'lhasa', '2023-11-28 13:00'],
    ['one minute more begins the afternoon', '2023-11-28 09:30', 211, 'work_minute', 'lhasa', '2023-11-28 15:31'],
    ['a whole day ends at 18:00, not the next morning', '2023-11-28 09:30', 1, 'work_day', 'lhasa', '2023-11-28 18:00'],
    ['a work day is 360 office minutes, wherever it starts', '2023-11-28 11:00', 1, 'work_day', 'lhasa', '2023-11-29 11:00'],
    ['half a work day', '2023-11-28 09:30', 0.5, 'work_day', 'lhasa', '2023-11-28 12:30'],
    ['a start before opening counts from the opening', '2023-11-28 06:00', 1, 'work_hour', 'lhasa', '2023-11-28 10:30'],
    ['a start at the close counts from the next opening', '2023-11-28 13:00', 1, 'work_hour', 'lhasa', '2023-11-28 16:30'],
    ['a start in the noon break', '2023-11-28 14:10', 2.5, 'work_hour', 'lhasa', '2023-11-28 18:00'],
    ['a start after the day', '2023-11-28 18:00', 1, 'work_minute', 'lhasa', '2023-11-29 09:31'],
    ['over a weekend', '2023-12-01 17:00', 2, 'work_hour', 'lhasa', '2023-12-04 10:30'],
    ['a start on Sunday', '2023-12-03 10:00', 1, 'work_day', 'lhasa', '2023-12-04 18:00'],
    ['urgent hours run through the night', '2023-12-01 17:00', 4, 'urgent_hour', 'lhasa', '2023-12-01 21:00'],
    ['a quarter of an urgent hour', '2023-12-01 23:50', 0.25, 'urgent_hour', 'lhasa', '2023-12-02 00:05'],
    ['urgent days run through the weekend', '2023-12-01 17:00', 2, 'urgent_day', 'lhasa', '2023-12-03 17:00'],
    ['natural days end at the same clock time', '2023-12-29 17:00', 3, 'natural_day', 'lhasa', '2024-01-01 17:00'],
    ['over New Year, whose Monday is off', '2023-12-29 17:00', 2, 'work_hour', 'lhasa', '2024-01-02 10:30'],
    ['调休: a Sunday before 国庆 is a workday', '2026-09-18 17:00', 2, 'work_hour', 'national', '2026-09-20 10:30'],
    ['调休: a Saturday after 国庆', '2023-10-06 09:00', 2, 'work_day', 'national', '2023-10-08 18:00'],
    ['藏历新年 2026: Lhasa is off 15 to 26 February', '2026-02-14 17:00', 2, 'work_hour', 'lhasa', '2026-02-27 10:30'],
    ['藏历新年 2026: 24 February is a workday elsewhere', '2026-02-14 17:00', 2, 'work_hour', 'national', '2026-02-24 10:30'],
    ['24 to 26 February 2026 are three workdays elsewhere', '2026-02-24 09:30', 3, 'work_day', 'national', '2026-02-26 18:00'],
    ['and none in Lhasa', '2026-02-24 09:30', 3, 'work_day', 'lhasa', '2026-03-02 18:00'],
    ['Lhasa works on Saturday 28 February 2026', '2026-02-27 18:00', 1, 'work_day', 'lhasa', '2026-02-28 18:00'],
    ['藏历新年 2023: Sunday 19 February works', '2023-02-18 09:30', 3, 'work_day', 'lhasa', '2023-02-27 18:00'],
    ['藏历新年 2022: Sunday 13 March works in Lhasa', '2022-03-11 18:00', 1, 'work_day', 'lhasa', '2022-03-13 18:00'],
    ['29 February', '2024-02-28 18:00', 1, 'work_day', 'national', '2024-02-29 18:00'],
    ['a natural day onto 29 February', '2024-02-28 12:00', 1, 'natural_day', 'national', '2024-02-29 12:00'],
    ['the last minute that is known', '2026-12-31 09:30', 1, 'work_day', 'national', '2026-12-31 18:00'],
    ['one minute into an unknown year', '2026-12-31 09:30', 361, 'work_minute', 'national', 'awaiting national 2027'],
    ['a start in an unknown year', '2027-03-01 09:30', 1, 'work_minute', 'lhasa', 'awaiting national 2027'],
    ['a start before all known years', '2003-12-31 09:30', 1, 'work_day', 'lhasa', 'awaiting national 2003'],
    ['continuous limits need no calendar', '2027-03-01 09:30', 2, 'urgent_day', 'lhasa', '2027-03-03 09:30'],
    ['natural days need none either', '2031-03-01 09:30', 2, 'natural_day', 'national', '2031-03-03 09:30'],
  ];
  it.each(cases)('%s', (_what, start, value, unit, calendar, expected) => {
    expect(due(start, value, unit, calendar)).toBe(expected);
  });

  it('counts to the second', () => {
    const computed = book.compute({ startAt: at('2023-11-28 12:59:30'), value: 1, unit: 'work_minute', calendar: 'lhasa' });
    expect(computed).toMatchObject({ dueAt: at('2023-11-28 15:30:30'), intervals: [{ from: at('2023-11-28 12:59:30'), to: at('2023-11-28 13:00') }, { from: at('2023-11-28 15:30'), to: at('2023-11-28 15:30:30') }] });
  });

  it('names every office interval, and one for continuous time', () => {
    expect(book.compute({ startAt: at('2023-12-01 12:00'), value: 1, unit: 'work_day', calendar: 'lhasa' })).toMatchObject({
      intervals: [
        { from: at('2023-12-01 12:00'), to: at('2023-12-01 13:00') },
        { from: at('2023-12-01 15:30'), to: at('2023-12-01 18:00') },
        { from: at('2023-12-04 09:30'), to: at('2023-12-04 12:00') },
      ],
    });
    expect(book.compute({ startAt: at('2023-12-01 12:00'), value: 5, unit: 'natural_day', calendar: 'lhasa' })).toMatchObject({ intervals: [{ from: at('2023-12-01 12:00'), to: at('2023-12-06 12:00') }] });
  });

  it('warns when three quarters are used', () => {
    expect(shown(book.warnAt({ startAt: at('2023-11-28 09:30'), value: 1, unit: 'work_day', calendar: 'lhasa' })!)).toBe('2023-11-28 16:30');
    expect(shown(book.warnAt({ startAt: at('2023-11-28 09:30'), value: 4, unit: 'urgent_hour', calendar: 'lhasa' })!)).toBe('2023-11-28 12:30');
    expect(book.warnAt({ startAt: at('2027-01-04 09:30'), value: 1, unit: 'work_day', calendar: 'lhasa' })).toBeNull();
  });
});

describe('what is known of the local calendar', () => {
  const local = (start: string, value: number, unit: TimeUnit, calendar: CalendarCode = 'lhasa') => {
    const computed = book.compute({ startAt: at(start), value, unit, calendar });
    return 'awaiting' in computed ? null : computed.localCalendar;
  };
  it('says unknown when a counted stretch touches a year without local data', () => {
    expect(local('2023-11-28 09:30', 1, 'work_day')).toBe('known');
    expect(local('2023-12-29 17:00', 2, 'work_hour')).toBe('unknown');
    expect(local('2024-05-06 09:30', 1, 'work_day')).toBe('unknown');
    expect(local('2025-03-05 09:30', 1, 'work_day')).toBe('known');
  });
  it('has no say in the national calendar or in continuous time', () => {
    expect(local('2024-05-06 09:30', 1, 'work_day', 'national')).toBe('known');
    expect(local('2024-05-06 09:30', 1, 'urgent_day')).toBe('known');
  });
});

describe('office hours', () => {
  it('hold from their date; the work day is the standard day at the start', async () => {
    const rows = await defaultRows();
    const seasonal = new CalendarBook({ ...rows, officeHours: [...rows.officeHours, { calendar: 'lhasa', validFrom: '2023-12-01', intervals: [['10:00', '13:00'], ['15:00', '17:00']] }] });
    const before = seasonal.compute({ startAt: at('2023-11-30 09:30'), value: 2, unit: 'work_day', calendar: 'lhasa' });
    const after = seasonal.compute({ startAt: at('2023-12-01 10:00'), value: 2, unit: 'work_day', calendar: 'lhasa' });
    // 720 minutes: 360 on Thursday, 300 on Friday, 60 on Monday.
    expect('awaiting' in before ? before : shown(before.dueAt)).toBe('2023-12-04 11:00');
    expect('awaiting' in after ? after : shown(after.dueAt)).toBe('2023-12-04 17:00');
  });
  it('joins touching intervals', () => {
    const joined = new CalendarBook({ years: [{ calendar: 'national', year: 2023 }], days: [], officeHours: [{ calendar: 'national', validFrom: '2000-01-01', intervals: [['08:00', '12:00'], ['12:00', '24:00']] }] });
    const computed = joined.compute({ startAt: at('2023-11-28 11:00'), value: 15, unit: 'work_hour', calendar: 'national' });
    expect(computed).toMatchObject({ dueAt: at('2023-11-29 10:00'), intervals: [{ from: at('2023-11-28 11:00'), to: at('2023-11-29 00:00') }, { from: at('2023-11-29 08:00'), to: at('2023-11-29 10:00') }] });
  });
  it('are awaited when there are none', async () => {
    const rows = await defaultRows();
    expect(new CalendarBook({ ...rows, officeHours: [] }).compute({ startAt: at('2023-11-28 11:00'), value: 1, unit: 'work_hour', calendar: 'lhasa' })).toEqual({ awaiting: { calendar: 'lhasa', year: 2023, missing: 'office_hours' } });
  });
});

describe('gaps between known years', () => {
  it('end what can be known', async () => {
    const rows = await defaultRows();
    const gapped = new CalendarBook({ ...rows, years: rows.years.filter(({ calendar, year }) => calendar !== 'national' || year !== 2024) });
    expect(gapped.compute({ startAt: at('2023-12-29 17:00'), value: 2, unit: 'work_hour', calendar: 'lhasa' })).toEqual({ awaiting: { calendar: 'national', year: 2024, missing: 'year' } });
    expect(gapped.compute({ startAt: at('2025-01-02 09:30'), value: 1, unit: 'work_hour', calendar: 'lhasa' })).toMatchObject({ dueAt: at('2025-01-02 10:30') });
    expect(gapped.countedMinutes(at('2023-12-29 09:30'), at('2025-01-02 10:30'), 'work_hour', 'lhasa')).toBeNull();
    expect(gapped.countedMinutes(at('2023-12-29 09:30'), at('2024-01-01 00:00'), 'work_hour', 'lhasa')).toBe(360);
  });
});

describe('pauses', () => {
  it('are not counted', () => {
    const limit = { value: 1, unit: 'work_day', calendar: 'lhasa' } as const;
    const spans = [
      { from: at('2023-11-28 09:30'), to: at('2023-11-28 12:00') },
      { from: at('2023-11-30 14:00'), to: null },
    ];
    expect(book.computeOver(limit, spans)).toMatchObject({
      dueAt: at('2023-12-01 10:30'),
      // 270 of 360 minutes: 150 before the pause, 120 after it.
      warnAt: at('2023-11-30 17:30'),
      intervals: [
        { from: at('2023-11-28 09:30'), to: at('2023-11-28 12:00') },
        { from: at('2023-11-30 15:30'), to: at('2023-11-30 18:00') },
        { from: at('2023-12-01 09:30'), to: at('2023-12-01 10:30') },
      ],
    });
  });
  it('do not save a limit that was used up before', () => {
    const spans = [
      { from: at('2023-11-28 09:30'), to: at('2023-11-28 18:00') },
      { from: at('2023-11-30 14:00'), to: null },
    ];
    expect(book.deadlineOver({ value: 2, unit: 'work_hour', calendar: 'lhasa' }, spans)).toMatchObject({ dueAt: at('2023-11-28 11:30') });
    expect(book.deadlineOver({ value: 2, unit: 'urgent_hour', calendar: 'lhasa' }, spans)).toMatchObject({ dueAt: at('2023-11-28 11:30') });
    expect(book.deadlineOver({ value: 10, unit: 'urgent_hour', calendar: 'lhasa' }, spans)).toMatchObject({ dueAt: at('2023-11-30 15:30') });
  });
});

describe('limits and units', () => {
  const accepts = (value: number, unit: TimeUnit): boolean => computeInputSchema.safeParse({ startAt: at('2023-11-28 09:30'), value, unit, calendar: 'lhasa' }).success;
  it('are more than nothing, bounded, with three decimals', () => {
    expect(accepts(1, 'work_day')).toBe(true);
    expect(accepts(0.125, 'work_hour')).toBe(true);
    for (const wrong of [0, -1, 1001, 0.0001, Number.NaN, Number.POSITIVE_INFINITY]) expect(accepts(wrong, 'work_day')).toBe(false);
    expect(accepts(0.5, 'natural_day')).toBe(false);
    expect(accepts(0.5, 'work_minute')).toBe(false);
  });
  it('are named by the filing standards', () => {
    expect(['紧急工作时', '紧急工作日', '工作时', '工作日 ', '自然日', '小时'].map(timeUnitOf)).toEqual(['urgent_hour', 'urgent_day', 'work_hour', 'work_day', 'natural_day', null]);
  });
  it('are late from the due instant on', () => {
    expect([isOverdue(null, 5), isOverdue(5, 4), isOverdue(5, 5)]).toEqual([false, false, true]);
  });
});
