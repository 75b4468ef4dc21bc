import type { AuditReport } from '@baxing/db';
import { ok } from '@baxing/kernel';
import { z } from 'zod';
import { type EventPage, isIndexedLog, listEvents, listEventsSchema } from '../audit.ts';
import { query, router } from '../trpc.ts';

export const audit = router({
  list: query(listEventsSchema, async ({ services }, input) =>
    ok(services.db.dialect === 'postgres' || isIndexedLog(input) ? await listEvents(services.db, input) : await services.heavy.run<EventPage>('audit.list', input)),
  ),
  verify: query(z.object({}).optional(), async ({ services }) => ok(await services.heavy.run<AuditReport>('audit.verify', { anchors: services.anchors() }))),
});
