/** Owner: `packages/clocks`. */
export interface ClocksTables {
  /** A calendar's year that has been loaded. A year that is not here is unknown. */
  calendar_year: { calendar: string; year: number; source: string; loaded_at: number };
  /** Days that differ from Monday–Friday (national) or from the national day (local). `kind`: off | work. */
  calendar_day: { calendar: string; day: string; kind: 'off' | 'work'; name: string };
  /** A year (or a calendar's office hours) that some clock waits for. Gone when it has been loaded. */
  calendar_gap: { calendar: string; year: number; missing: 'year' | 'office_hours'; noted_at: number };
  /** `intervals`: JSON [["09:30","13:00"],…]; `valid_from` inclusive and `valid_to` exclusive civil days. */
  office_hours: { id: string; calendar: string; intervals: string; source: string; valid_from: string; valid_to: string | null };
  /**
   * One time limit of one subject; at most one of a kind is not stopped. `spans`: JSON [{from,to}] of when it ran; the last is open and ends at `stopped_at`.
   * `due_at` null while the calendar is awaited, and then `awaiting_year` names the year (also of a clock stopped meanwhile).
   * `warn_at`: when three quarters of the limit are used. `warned_at`, `breached_at`: when that was recorded, once each.
   */
  clock: {
    id: string;
    subject_id: string;
    kind: string;
    calendar: string;
    unit: string;
    value: number;
    spans: string;
    started_at: number;
    due_at: number | null;
    warn_at: number | null;
    state: 'running' | 'stopped' | 'awaiting_calendar';
    awaiting_year: number | null;
    stopped_at: number | null;
    warned_at: number | null;
    breached_at: number | null;
    local_calendar: 'known' | 'unknown';
  };
}
