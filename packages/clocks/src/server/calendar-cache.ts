import { CalendarBook, type CalendarCode, type OfficeIntervals } from '@baxing/clocks';
import { defineCache, type Reader } from '@baxing/db';

/** The book as the rows are at this moment; inside a command pass `ctx.tx` when the cached one may be old. */
export async function loadCalendarBook(reader: Reader): Promise<CalendarBook> {
  const years = await reader.selectFrom('calendar_year').select(['calendar', 'year']).execute();
  const days = await reader.selectFrom('calendar_day').select(['calendar', 'day', 'kind']).execute();
  const hours = await reader.selectFrom('office_hours').select(['calendar', 'valid_from', 'intervals']).execute();
  return new CalendarBook({
    years: years as { calendar: CalendarCode; year: number }[],
    days: days as { calendar: CalendarCode; day: string; kind: 'off' | 'work' }[],
    officeHours: hours.map((row) => ({ calendar: row.calendar as CalendarCode, validFrom: row.valid_from, intervals: JSON.parse(row.intervals) as OfficeIntervals })),
  });
}

export const calendarCache = defineCache('calendars', loadCalendarBook);
