import { type Database, type Reader, readCounters } from '@baxing/db';
import { scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import { z } from 'zod';
import type { TicketState } from '../states.ts';
import { ticketCounters } from './save.ts';

export const countsSchema = z.object({ by: z.enum(['unit', 'street']).default('unit') });

export type CountsBySubject = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Numbers of tickets by state (and `late` among open ones) per unit or per street, from counters. A reader whose sight ends at his unit gets his unit only;
 * one whose sight is an area gets that area's streets.
 * @refuses FORBIDDEN
 */
export async function ticketCounts(db: Database, actor: Actor, input: z.infer<typeof countsSchema>): Promise<Result<{ by: string; counts: CountsBySubject }>> {
  const scope = scopeOf(db.caches.get(policyCache).table, actor, 'tickets.counts');
  if (scope === null) return refuse('FORBIDDEN', { verb: 'tickets.counts' });
  const wide = scope === 'all' || (input.by === 'street' && scope === 'area');
  if (!wide && input.by === 'street') return refuse('FORBIDDEN', { verb: 'tickets.counts', by: 'street' });
  // Who sees only what is his own has his list; his unit's numbers are not his.
  if (scope === 'own' || scope === 'self') return ok({ by: input.by, counts: {} });
  const rows = await readCounters(db.read, db.dialect, `ticket.${input.by}`, wide ? undefined : [actor.unitId]);
  const places = db.caches.get(placeCache);
  const inSight = (subject: string): boolean => scope !== 'area' || input.by !== 'street' || (actor.areaId !== null && places.pathOf(subject).includes(`/${actor.areaId}/`));
  const counts: Record<string, Record<string, number>> = {};
  for (const row of rows) if (inSight(row.subject)) (counts[row.subject] ??= {})[row.name] = row.value;
  return ok({ by: input.by, counts });
}

/** What the counters must be, from the tickets themselves (`counters verify`). Keys: scope, subject, name. */
export async function recountTickets(reader: Reader): Promise<Map<string, number>> {
  const rows = await reader
    .selectFrom('ticket')
    .select(['state', 'unit_id', 'street_id', 'late', (eb) => eb.fn.countAll<number>().as('n')])
    .groupBy(['state', 'unit_id', 'street_id', 'late'])
    .execute();
  const sums = new Map<string, number>();
  for (const row of rows)
    for (const { scope, subject, name } of ticketCounters({ ...row, state: row.state as TicketState })) {
      const key = `${scope}\n${subject}\n${name}`;
      sums.set(key, (sums.get(key) ?? 0) + Number(row.n));
    }
  return sums;
}
