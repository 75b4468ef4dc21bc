import { formatDay, ok, parseDay, type Result, refuse } from '@baxing/kernel';
import { z } from 'zod';
import { civilDaySchema, type ImportCalendarInput, importCalendarSchema, type SetOfficeHoursInput, setOfficeHoursSchema } from './calendar-imports.ts';
import { officeIntervalsSchema } from './office-hours.ts';

/** Readers of the two file formats that calendars come in. A file that does not fit is refused with VALIDATION {field, reason}. */

type Days = ImportCalendarInput['years'][number]['days'];

const dayNamesSchema = z.record(z.string(), z.string().max(200));
const chineseDaysSchema = z.object({ holidays: dayNamesSchema, workdays: dayNamesSchema });

const FILE_DAYS_MAX = 20_000;
const LOCAL_RANGE_DAYS_MAX = 60;

function firstIssue(error: z.ZodError, prefix: readonly PropertyKey[] = []): { ok: false; refusal: ReturnType<typeof refuse>['refusal'] } {
  const issue = error.issues[0]!;
  return refuse('VALIDATION', { field: [...prefix, ...issue.path].map(String).join('.'), reason: issue.message });
}

/** `New Year's Day,元旦,1` → 元旦. */
const chineseName = (text: string): string => text.split(',')[1]?.trim() || text.trim();

/**
 * The `chinese-days` file: `{holidays: {date: "English,中文,n"}, workdays: {…}}`, days grouped by their own year.
 * A date that is both is refused.
 */
export function parseChineseDays(json: unknown, source: string): Result<ImportCalendarInput> {
  const file = chineseDaysSchema.safeParse(json);
  if (!file.success) return firstIssue(file.error);
  const { holidays, workdays } = file.data;
  const years = new Map<number, Days>();
  const add = (field: string, names: Readonly<Record<string, string>>, kind: 'off' | 'work'): string | null => {
    for (const [day, name] of Object.entries(names)) {
      if (!civilDaySchema.safeParse(day).success) return `${field}.${day}`;
      const year = Number(day.slice(0, 4));
      const days = years.get(year) ?? [];
      days.push({ day, kind, name: chineseName(name) });
      years.set(year, days);
    }
    return null;
  };
  if (Object.keys(holidays).length + Object.keys(workdays).length > FILE_DAYS_MAX) return refuse('VALIDATION', { field: 'holidays', reason: 'too many days' });
  const both = Object.keys(workdays).find((day) => Object.hasOwn(holidays, day));
  if (both) return refuse('VALIDATION', { field: `workdays.${both}`, reason: 'also a holiday' });
  const wrong = add('holidays', holidays, 'off') ?? add('workdays', workdays, 'work');
  if (wrong) return refuse('VALIDATION', { field: wrong, reason: 'not a date' });
  const sorted = [...years].sort(([a], [b]) => a - b).map(([year, days]) => ({ year, source, days: days.sort((a, b) => (a.day < b.day ? -1 : 1)) }));
  const result = importCalendarSchema.safeParse({ calendar: 'national', years: sorted });
  return result.success ? ok(result.data) : firstIssue(result.error);
}

const localYearSchema = z.object({
  off: z.tuple([civilDaySchema, civilDaySchema]).nullable(),
  extra_workdays: z.array(civilDaySchema).max(20).nullable(),
  source: z.string().max(400),
});
const localDaysSchema = z.object({
  office_hours: z.object({ value: officeIntervalsSchema, source: z.string().max(400) }),
  losar: z.record(z.string().regex(/^\d{4}$/), localYearSchema),
});

/** The hours are used for all years until an administrator dates others. */
export const HOURS_SINCE = '1990-01-01';

/**
 * Lhasa's own days: per year `off` (first and last day, both off) and `extra_workdays`, and the office hours.
 * A year whose `off` is null is left out: nothing is known of it.
 */
export function parseLocalDays(json: unknown): Result<{ calendar: ImportCalendarInput; officeHours: SetOfficeHoursInput }> {
  const file = localDaysSchema.safeParse(json);
  if (!file.success) return firstIssue(file.error);
  const years: ImportCalendarInput['years'] = [];
  for (const [year, { off, extra_workdays, source }] of Object.entries(file.data.losar)) {
    if (!off) continue;
    const [first, last] = [parseDay(off[0])!, parseDay(off[1])!];
    if (last < first || last - first >= LOCAL_RANGE_DAYS_MAX) return refuse('VALIDATION', { field: `losar.${year}.off`, reason: `not a range of 1 to ${LOCAL_RANGE_DAYS_MAX} days` });
    const days: Days = Array.from({ length: last - first + 1 }, (_, i) => ({ day: formatDay(first + i), kind: 'off', name: '藏历新年' }));
    for (const day of extra_workdays ?? []) days.push({ day, kind: 'work', name: '藏历新年调休上班' });
    years.push({ year: Number(year), source, days });
  }
  const calendar = importCalendarSchema.safeParse({ calendar: 'lhasa', years });
  if (!calendar.success) return firstIssue(calendar.error, ['losar']);
  const { value, source } = file.data.office_hours;
  const officeHours = setOfficeHoursSchema.safeParse({ calendar: 'lhasa', intervals: value, source, validFrom: HOURS_SINCE });
  return officeHours.success ? ok({ calendar: calendar.data, officeHours: officeHours.data }) : firstIssue(officeHours.error, ['office_hours']);
}
