/** Owner: `packages/clocks`. */
export interface ClocksTables {
  /** A calendar's year that has been loaded. A year that is not here is unknown. */
  calendar_year: { calendar: string; year: number; source: string; loaded_at: number };
  /** Days that differ from Monday–Friday (national) or from the national day (local). `kind`: off | work. */
  calendar_day: { calendar: string; day: string; kind: 'off' | 'work'; name: string };
  /** `intervals`: JSON [["09:30","13:00"],…]; `valid_from` inclusive and `valid_to` exclusive civil days. */
  office_hours: { id: string; calendar: string; intervals: string; source: string; valid_from: string; valid_to: string | null };
  /**
   * One running time limit of one subject. `state`: running | stopped | awaiting_calendar. `due_at` null while the calendar is awaited.
   * `warn_at`: when three quarters of the limit are used. `outcome` says how it ended.
   */
  clock: {
    id: string;
    subject_id: string;
    kind: string;
    calendar: string;
    unit: string;
    value: number;
    started_at: number;
    due_at: number | null;
    warn_at: number | null;
    state: 'running' | 'stopped' | 'awaiting_calendar';
    stopped_at: number | null;
    breached_at: number | null;
    local_calendar: 'known' | 'unknown';
  };
}
