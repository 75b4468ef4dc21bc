import { CalendarBook, type CalendarRows } from '@baxing/clocks';
import { loadDefaultCalendars } from '@baxing/clocks/server';

/** The packaged calendars as a book, without a database. */
export async function defaultRows(): Promise<CalendarRows> {
  const { imports, officeHours } = await loadDefaultCalendars();
  return {
    years: imports.flatMap(({ calendar, years }) => years.map(({ year }) => ({ calendar, year }))),
    days: imports.flatMap(({ calendar, years }) => years.flatMap(({ days }) => days.map(({ day, kind }) => ({ calendar, day, kind })))),
    officeHours,
  };
}

export const defaultBook = async (): Promise<CalendarBook> => new CalendarBook(await defaultRows());

/** `2026-02-13 09:30[:15]` in Lhasa → epoch ms. */
export const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`);

export const shown = (instant: number): string => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
