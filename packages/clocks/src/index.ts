/**
 * Work calendars and deadlines: the one engine for every time limit. Owns the tables calendar_year, calendar_day, office_hours, calendar_gap and clock.
 * Knows no ticket and no task: whoever starts a clock names it (subject id + kind) and listens for its events.
 */
export { type Awaiting, CalendarBook, type CalendarRows, type Deadline, type ExplainedDeadline, type Interval, type Limit, type LocalCalendar, type Span } from './calendar-book.ts';
export { type ImportCalendarInput, importCalendarSchema, type ListCalendarsInput, listCalendarsSchema, type SetOfficeHoursInput, setOfficeHoursSchema } from './calendar-imports.ts';
export { type OfficeIntervals, officeIntervalsSchema } from './office-hours.ts';
export { parseChineseDays, parseLocalDays } from './parse-calendars.ts';
export { CALENDAR_CODES, type CalendarCode, calendarCodeSchema, type ComputeInput, computeInputSchema, isLimit, isOverdue, TIME_UNITS, type TimeUnit, timeUnitOf, timeUnitSchema, VALUE_MAX } from './units.ts';
