import { campaignProjection, campaignTimers } from '@baxing/campaigns/server';
import { clockJobs, clockTimers } from '@baxing/clocks/server';
import { type Anchor, createWorker, type Database, followLog, openReaderPool } from '@baxing/db';
import { seedPolicy } from '@baxing/identity/server';
import { projectClocks } from '@baxing/tickets/server';
import { asSystem } from './as-system.ts';
import { CACHES } from './caches.ts';
import type { Services } from './services.ts';

/** Ties the packages together: projections, caches, background handlers. The only place that knows them all. */
export interface ServiceOptions {
  readonly db: Database;
  readonly now: () => number;
  readonly demo: Services['demo'];
  readonly secureCookies: boolean;
  readonly mapTiles: string | null;
  readonly observe: Services['observe'];
  readonly fault: Services['fault'];
  /** Each new head of the audit chain, to be kept outside the database. */
  readonly onSealed: (head: Anchor) => void;
  readonly anchors: Services['anchors'];
}

/** Before the first command of a process: projections in their order, caches loaded, rules that came with this version added to the policy. */
export async function wire(db: Database, now: () => number): Promise<void> {
  // Clocks speak to tickets and campaigns by events; tickets speak to campaigns.
  db.projections.push(projectClocks, campaignProjection);
  await db.caches.load(CACHES);
  await asSystem(db, now(), seedPolicy, {});
}

export interface RunningServices extends Services {
  close(): Promise<void>;
}

export async function createServices(options: ServiceOptions): Promise<RunningServices> {
  const { db, now } = options;
  await wire(db, now);
  const onFault = (what: string, fault: unknown): void => options.fault('', what, fault);
  const worker = createWorker(db, { now, handlers: { timers: { ...clockTimers, ...campaignTimers }, outbox: {}, jobs: clockJobs }, onSealed: options.onSealed, onFault });
  const tail = await followLog(db, (fault) => onFault('live', fault));
  const heavy = openReaderPool(db.target, new URL('./heavy.ts', import.meta.url).href);
  return {
    db,
    now,
    wallNow: Date.now,
    heavy,
    tail,
    worker,
    demo: options.demo,
    anchors: options.anchors,
    secureCookies: options.secureCookies,
    mapTiles: options.mapTiles,
    observe: options.observe,
    fault: options.fault,
    async close() {
      await worker.stop();
      await tail.stop();
      await heavy.close();
    },
  };
}
