import { type Anchor, type Database, type HeavyModule, type HeavyQuery, verifyAudit } from '@baxing/db';
import { type Actor, RefusalError, type Result } from '@baxing/kernel';
import type { TicketFilter } from '@baxing/tickets';
import type { coverageSchema } from '@baxing/campaigns';
import { campaignCoverage } from '@baxing/campaigns/server';
import { countTickets } from '@baxing/tickets/server';
import type { z } from 'zod';
import { CACHES } from './caches.ts';
import { recountAll } from './counters.ts';

/** What runs in the reader thread (packages/db/src/reader-pool.ts): anything that can take longer than 20 ms. */

function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RefusalError(result.refusal.code, result.refusal.details);
}

const queries = {
  'tickets.count': async (db: Database, { actor, filter }: { actor: Actor; filter: TicketFilter }) => value(await countTickets(db, actor, filter)),
  'campaigns.coverage': async (db: Database, { actor, input, at }: { actor: Actor; input: z.output<typeof coverageSchema>; at: number }) => value(await campaignCoverage(db, actor, input, at)),
  'audit.verify': (db: Database, { anchor }: { anchor: Anchor | null }) => verifyAudit(db.read, anchor),
  'counters.verify': (db: Database) => recountAll(db),
};

export const heavy: HeavyModule = { caches: CACHES, queries: queries as unknown as Record<string, HeavyQuery> };
