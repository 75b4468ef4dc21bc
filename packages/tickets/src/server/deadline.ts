import type { CommandContext, Database } from '@baxing/db';
import { calendarCache, startClock } from '@baxing/clocks/server';
import type { Interval, TimeUnit } from '@baxing/clocks';
import { categoryCache } from './categories/index.ts';
import type { TicketRow } from './access.ts';

/** The handling limit comes from the ticket's filing standard and starts at dispatch (数字城管: 时限自派遣起算). */

export const HANDLE_CLOCK = 'handle';
const CALENDAR = 'lhasa';

export interface Deadline {
  readonly startedAt: number;
  /** Null while the calendar of a year is awaited. */
  readonly dueAt: number | null;
  readonly value: number;
  readonly unit: TimeUnit;
  readonly calendar: typeof CALENDAR;
  readonly localCalendar: 'known' | 'unknown';
  /** Counted intervals; together exactly the limit. Empty while awaited. */
  readonly intervals: readonly Interval[];
}

export async function startHandling(ctx: CommandContext, ticket: TicketRow): Promise<{ dueAt: number | null; state: 'running' | 'awaiting_calendar' }> {
  const { limit_unit: unit, limit_value: value } = ctx.cached(categoryCache).standard(ticket.filing_standard_id)!;
  return startClock(ctx, { subjectId: ticket.id, kind: HANDLE_CLOCK, calendar: CALENDAR, unit: unit as TimeUnit, value, startedAt: ctx.at });
}

/** How the running deadline was computed, in full. */
export function explainDeadline(source: Pick<Database, 'caches'> | CommandContext, ticket: Pick<TicketRow, 'filing_standard_id' | 'dispatched_at'>): Deadline | null {
  if (ticket.dispatched_at === null) return null;
  const cached = 'cached' in source ? source.cached.bind(source) : source.caches.get.bind(source.caches);
  const standard = cached(categoryCache).standard(ticket.filing_standard_id)!;
  const limit = { value: standard.limit_value, unit: standard.limit_unit as TimeUnit, calendar: CALENDAR } as const;
  const computed = cached(calendarCache).compute({ startAt: ticket.dispatched_at, ...limit });
  if ('awaiting' in computed) return { startedAt: ticket.dispatched_at, ...limit, dueAt: null, localCalendar: 'unknown', intervals: [] };
  return { startedAt: ticket.dispatched_at, ...limit, dueAt: computed.dueAt, localCalendar: computed.localCalendar, intervals: computed.intervals };
}
