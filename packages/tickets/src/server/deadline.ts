import type { TimeUnit } from '@baxing/clocks';
import { calendarCache, type ComputedClock, computeClock, explainClock, resumeClock, type StartedClock, startClock } from '@baxing/clocks/server';
import type { CommandContext, Database } from '@baxing/db';
import type { TicketRow } from './access.ts';
import { categoryCache } from './categories/index.ts';

/** The handling limit comes from the ticket's filing standard and starts at dispatch (domain: 时限自派遣起算). */

export const HANDLE_CLOCK = 'handle';
const CALENDAR = 'lhasa';

/** The limit and how it came to its due time: counted intervals add up to it exactly. Instants in epoch ms. */
export interface Deadline extends ComputedClock {
  readonly startedAt: number;
  readonly value: number;
  readonly unit: TimeUnit;
  readonly calendar: typeof CALENDAR;
}

type CacheSource = Pick<CommandContext, 'cached'> | Pick<Database, 'caches'>;

function limitOf(source: CacheSource, ticket: Pick<TicketRow, 'filing_standard_id'>): { value: number; unit: TimeUnit; calendar: typeof CALENDAR } {
  const categories = 'cached' in source ? source.cached(categoryCache) : source.caches.get(categoryCache);
  const standard = categories.standard(ticket.filing_standard_id)!;
  return { value: standard.limit_value, unit: standard.limit_unit as TimeUnit, calendar: CALENDAR };
}

export async function startHandling(ctx: CommandContext, ticket: TicketRow): Promise<{ clock: StartedClock; deadline: Deadline }> {
  const limit = limitOf(ctx, ticket);
  const clock = await startClock(ctx, { subjectId: ticket.id, kind: HANDLE_CLOCK, ...limit, startedAt: ctx.at });
  return { clock, deadline: { startedAt: ctx.at, ...limit, ...computeClock(ctx.cached(calendarCache), { startAt: ctx.at, ...limit }) } };
}

/** After a rework the clock goes on with what was left when the work was submitted. */
export async function resumeHandling(ctx: CommandContext, ticket: TicketRow): Promise<StartedClock> {
  const resumed = await resumeClock(ctx, ticket.id, HANDLE_CLOCK, { at: ctx.at });
  return resumed ?? (await startHandling(ctx, ticket)).clock;
}

/** How the ticket's deadline was computed, pauses included; null before the first dispatch. */
export async function explainDeadline(db: Database, ticket: TicketRow | Omit<TicketRow, 'row'>): Promise<Deadline | null> {
  const explained = ticket.dispatched_at === null ? null : await explainClock(db.read, db.caches.get(calendarCache), ticket.id, HANDLE_CLOCK);
  return explained && { startedAt: ticket.dispatched_at!, ...limitOf(db, ticket), ...explained };
}
