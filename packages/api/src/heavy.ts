import { type Anchor, type Database, type HeavyModule, type HeavyQuery, verifyAudit } from '@baxing/db';
import { type Actor, RefusalError, type Result } from '@baxing/kernel';
import type { ListInput, TicketFilter } from '@baxing/tickets';
import type { coverageSchema } from '@baxing/campaigns';
import { campaignCoverage } from '@baxing/campaigns/server';
import { countTickets, listTickets } from '@baxing/tickets/server';
import type { z } from 'zod';
import { listEvents, type ListEventsInput } from './audit.ts';
import { CACHES } from './caches.ts';
import { recountAll } from './counters.ts';

/** What runs in the reader thread (packages/db/src/reader-pool.ts): anything that can take longer than 20 ms. */

function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RefusalError(result.refusal.code, result.refusal.details);
}

const queries = {
  'tickets.list': async (db: Database, { actor, input }: { actor: Actor; input: ListInput }) => value(await listTickets(db, actor, input)),
  'tickets.count': async (db: Database, { actor, filter }: { actor: Actor; filter: TicketFilter }) => value(await countTickets(db, actor, filter)),
  'campaigns.coverage': async (db: Database, { actor, input, at }: { actor: Actor; input: z.output<typeof coverageSchema>; at: number }) => value(await campaignCoverage(db, actor, input, at)),
  'audit.list': (db: Database, input: ListEventsInput) => listEvents(db, input),
  'audit.verify': (db: Database, { anchors }: { anchors: readonly Anchor[] }) => verifyAudit(db.read, anchors),
  'counters.verify': (db: Database) => recountAll(db),
};

export const heavy: HeavyModule = { caches: CACHES, queries: queries as unknown as Record<string, HeavyQuery> };
