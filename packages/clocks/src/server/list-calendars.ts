import type { CalendarCode, ListCalendarsInput, OfficeIntervals } from '@baxing/clocks';
import type { Reader } from '@baxing/db';
import type { Actor } from '@baxing/kernel';
import { type CalendarWarning, calendarWarnings } from './calendar-gaps.ts';

export interface CalendarList {
  readonly years: readonly { readonly calendar: CalendarCode; readonly year: number; readonly source: string; readonly loadedAt: number }[];
  /** Of the asked year, in order: the days that differ. */
  readonly days: readonly { readonly calendar: CalendarCode; readonly day: string; readonly kind: 'off' | 'work'; readonly name: string }[];
  readonly officeHours: readonly { readonly calendar: CalendarCode; readonly intervals: OfficeIntervals; readonly source: string; readonly validFrom: string; readonly validTo: string | null }[];
  readonly warnings: readonly CalendarWarning[];
}

/** `calendars.list`: everything the administrator's page shows. Bounded by the import: two calendars × 111 years. */
export async function listCalendars(reader: Reader, _actor: Actor, { year }: ListCalendarsInput): Promise<CalendarList> {
  const years = await reader.selectFrom('calendar_year').selectAll().orderBy('calendar').orderBy('year').execute();
  const hours = await reader.selectFrom('office_hours').selectAll().orderBy('calendar').orderBy('valid_from').limit(500).execute();
  const days =
    year === undefined
      ? []
      : await reader.selectFrom('calendar_day').selectAll().where('day', '>=', `${year}-01-01`).where('day', '<=', `${year}-12-31`).orderBy('calendar').orderBy('day').execute();
  return {
    years: years.map((row) => ({ calendar: row.calendar as CalendarCode, year: row.year, source: row.source, loadedAt: row.loaded_at })),
    days: days as CalendarList['days'],
    officeHours: hours.map((row) => ({
      calendar: row.calendar as CalendarCode,
      intervals: JSON.parse(row.intervals) as OfficeIntervals,
      source: row.source,
      validFrom: row.valid_from,
      validTo: row.valid_to,
    })),
    warnings: await calendarWarnings(reader),
  };
}
