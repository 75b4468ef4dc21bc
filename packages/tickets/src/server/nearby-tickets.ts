import type { Database } from '@baxing/db';
import { scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import type { z } from 'zod';
import type { nearbySchema } from '../schemas.ts';
import { type SimilarTicket, similarTickets } from './similar-tickets.ts';

/** The duplicate hint before reporting. @refuses FORBIDDEN */
export async function nearbyTickets(db: Database, actor: Actor, input: z.infer<typeof nearbySchema>, at: number): Promise<Result<{ similar: readonly SimilarTicket[] }>> {
  const policy = db.caches.get(policyCache).table;
  if (scopeOf(policy, actor, 'tickets.nearby') === null) return refuse('FORBIDDEN', { verb: 'tickets.nearby' });
  return ok({ similar: await similarTickets(db.read, actor, scopeOf(policy, actor, 'tickets.get'), { ...input, at }) });
}
