import { importCalendarSchema, parseChineseDays, parseLocalDays, setOfficeHoursSchema } from '@baxing/clocks';
import { loadDefaultCalendars } from '@baxing/clocks/server';
import { describe, expect, it } from 'vitest';

const field = (result: { ok: boolean; refusal?: { details: Readonly<Record<string, unknown>> } }): unknown => result.refusal?.details['field'];

describe('the packaged calendars', () => {
  it('hold 2004–2026 nationally, four years locally, and one set of hours for each', async () => {
    const { imports, officeHours } = await loadDefaultCalendars();
    expect(imports.map(({ calendar, years }) => [calendar, years.map(({ year }) => year)])).toEqual([
      ['national', Array.from({ length: 23 }, (_, i) => 2004 + i)],
      ['lhasa', [2022, 2023, 2025, 2026]],
    ]);
    const losar = imports[1]!.years.find(({ year }) => year === 2026)!.days;
    expect(losar.filter(({ kind }) => kind === 'off').map(({ day }) => day)).toEqual(Array.from({ length: 12 }, (_, i) => `2026-02-${15 + i}`));
    expect(losar.filter(({ kind }) => kind === 'work').map(({ day }) => day)).toEqual(['2026-02-14', '2026-02-28']);
    expect(imports[0]!.years.at(-1)!.days.find(({ day }) => day === '2026-02-17')).toEqual({ day: '2026-02-17', kind: 'off', name: '春节' });
    expect(officeHours.map(({ calendar, source }) => [calendar, source.startsWith('示例')])).toEqual([
      ['lhasa', false],
      ['national', true],
    ]);
  });
});

describe('a file that does not fit', () => {
  it('is refused with the field: chinese-days', () => {
    const parse = (json: unknown) => field(parseChineseDays(json, 'test'));
    expect(parse(null)).toBe('');
    expect(parse({ holidays: {} })).toBe('workdays');
    expect(parse({ holidays: { '2026-02-30': 'x' }, workdays: {} })).toBe('holidays.2026-02-30');
    expect(parse({ holidays: { '2026-1-1': 'x' }, workdays: {} })).toBe('holidays.2026-1-1');
    expect(parse({ holidays: { '2026-01-01': 7 }, workdays: {} })).toBe('holidays.2026-01-01');
    expect(parse({ holidays: { '2026-01-01': 'x,元旦' }, workdays: { '2026-01-01': 'x,元旦' } })).toBe('workdays.2026-01-01');
    expect(parse({ holidays: {}, workdays: {} })).toBe('years');
  });
  it('is refused with the field: local days', () => {
    const year = { off: ['2026-02-15', '2026-02-26'], extra_workdays: [], source: 'test' };
    const parse = (years: Record<string, unknown>, hours: unknown = [['09:30', '13:00']]) => field(parseLocalDays({ office_hours: { value: hours, source: 'test' }, losar: years }));
    expect(parse({ 2026: year })).toBeUndefined();
    expect(parse({ 2026: { ...year, off: ['2026-02-26', '2026-02-15'] } })).toBe('losar.2026.off');
    expect(parse({ 2026: { ...year, off: ['2026-02-15', '2026-12-15'] } })).toBe('losar.2026.off');
    expect(parse({ 2026: { ...year, extra_workdays: ['2026-02-31'] } })).toBe('losar.2026.extra_workdays.0');
    expect(parse({ 2026: { ...year, extra_workdays: ['2026-02-15'] } })).toBe('losar.years.0.days.12.day');
    expect(parse({ 2025: year })).toBe('losar.years.0.days.0.day');
    expect(parse({ 2026: year }, [['13:00', '09:30']])).toBe('office_hours.value.0');
    expect(parse({ 2026: year }, [['09:30', '13:00'], ['12:00', '18:00']])).toBe('office_hours.value.1');
    expect(parse({ 2026: year }, [['9:30', '13:00']])).toBe('office_hours.value.0.0');
  });
});

describe('an import', () => {
  const accepts = (input: unknown): boolean => importCalendarSchema.safeParse(input).success;
  const year = (days: unknown[], number = 2027) => ({ calendar: 'national', years: [{ year: number, source: 'test', days }] });
  it('holds real days of its year, each once', () => {
    const day = { day: '2027-02-06', kind: 'off', name: '春节' };
    expect(accepts(year([day]))).toBe(true);
    expect(accepts(year([]))).toBe(true);
    expect(accepts(year([day, day]))).toBe(false);
    expect(accepts(year([{ ...day, day: '2027-02-29' }]))).toBe(false);
    expect(accepts(year([{ ...day, day: '2026-02-06' }]))).toBe(false);
    expect(accepts(year([{ ...day, kind: 'half' }]))).toBe(false);
    expect(accepts(year([], 3000))).toBe(false);
    expect(accepts({ calendar: 'national', years: [...year([]).years, ...year([]).years] })).toBe(false);
    expect(accepts({ calendar: 'shigatse', years: year([]).years })).toBe(false);
  });
  it('of hours is dated and not empty', () => {
    const hours = { calendar: 'lhasa', intervals: [['09:00', '12:30']], source: 'test', validFrom: '2027-05-01' };
    expect(setOfficeHoursSchema.safeParse(hours).success).toBe(true);
    expect(setOfficeHoursSchema.safeParse({ ...hours, intervals: [] }).success).toBe(false);
    expect(setOfficeHoursSchema.safeParse({ ...hours, validFrom: '2027-05-32' }).success).toBe(false);
  });
});
