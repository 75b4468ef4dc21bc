import { parseDay, textSchema, yearOf } from '@baxing/kernel';
import { z } from 'zod';
import { officeIntervalsSchema } from './office-hours.ts';
import { calendarCodeSchema } from './units.ts';

const YEAR_MIN = 1990;
const YEAR_MAX = 2100;
const YEARS_PER_IMPORT_MAX = 60;

export const yearSchema = z.number().int().min(YEAR_MIN).max(YEAR_MAX);

/** A civil day `YYYY-MM-DD` of the years that calendars can hold. */
export const civilDaySchema = z.string().refine(
  (text) => {
    const day = parseDay(text);
    return day !== null && yearOf(day) >= YEAR_MIN && yearOf(day) <= YEAR_MAX;
  },
  { error: 'not a date' },
);

const calendarYearSchema = z
  .strictObject({
    year: yearSchema,
    source: textSchema(400, 1),
    /** Only the days that differ: from Monday–Friday in `national`, from the national day in `lhasa`. */
    days: z.array(z.strictObject({ day: civilDaySchema, kind: z.enum(['off', 'work']), name: textSchema(60, 1) })).max(366),
  })
  .superRefine(({ year, days }, check) => {
    const seen = new Set<string>();
    for (const [i, { day }] of days.entries()) {
      if (!day.startsWith(`${year}-`)) check.addIssue({ code: 'custom', path: ['days', i, 'day'], message: `not in ${year}` });
      if (seen.has(day)) check.addIssue({ code: 'custom', path: ['days', i, 'day'], message: 'twice' });
      seen.add(day);
    }
  });

/** Input of `clocks.importCalendar`: each year replaces what was known of that year of the calendar. */
export const importCalendarSchema = z.strictObject({ calendar: calendarCodeSchema, years: z.array(calendarYearSchema).min(1).max(YEARS_PER_IMPORT_MAX) }).superRefine(({ years }, check) => {
  const seen = new Set<number>();
  for (const [i, { year }] of years.entries()) {
    if (seen.has(year)) check.addIssue({ code: 'custom', path: ['years', i, 'year'], message: 'twice' });
    seen.add(year);
  }
});
export type ImportCalendarInput = z.infer<typeof importCalendarSchema>;

/** Input of `clocks.setOfficeHours`: the hours hold from `validFrom` until the next dated hours. */
export const setOfficeHoursSchema = z.strictObject({ calendar: calendarCodeSchema, intervals: officeIntervalsSchema, source: textSchema(400, 1), validFrom: civilDaySchema });
export type SetOfficeHoursInput = z.infer<typeof setOfficeHoursSchema>;

/** Input of `calendars.list`: without `year`, years and hours only. */
export const listCalendarsSchema = z.strictObject({ year: yearSchema.optional() });
export type ListCalendarsInput = z.infer<typeof listCalendarsSchema>;
