/** Server door of clocks: calendars in the database, and clock rows for use inside other packages' commands. */
export { calendarCache } from './calendar-cache.ts';
export { type CalendarWarning, calendarWarnings } from './calendar-gaps.ts';
export type { StartedClock } from './clock-rows.ts';
export { clockTimers } from './clock-timers.ts';
export { computeClock, type ComputedClock, explainClock } from './compute.ts';
export { type DefaultCalendars, loadDefaultCalendars } from './default-calendars.ts';
export { importCalendar } from './import-calendar.ts';
export { type CalendarList, listCalendars } from './list-calendars.ts';
export { clockJobs } from './resolve-awaiting.ts';
export { restartClock } from './restart-clock.ts';
export { resumeClock } from './resume-clock.ts';
export { setOfficeHours } from './set-office-hours.ts';
export { type ClockStart, startClock } from './start-clock.ts';
export { type StoppedClock, stopClock } from './stop-clock.ts';
