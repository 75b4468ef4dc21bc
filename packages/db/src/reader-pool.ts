import { Worker } from 'node:worker_threads';
import { RefusalError, type Refusal } from '@baxing/kernel';
import type { CacheDefinition } from './caches.ts';
import { type Database, type DatabaseTarget, openDatabase } from './database.ts';

/**
 * Reads that can take longer than 20 ms (preview, coverage, export, recount, audit) run in a thread of their own:
 * better-sqlite3 blocks the thread it runs on, and parsing a workbook blocks any.
 */
export type HeavyQuery = (db: Database, input: never) => Promise<unknown>;

/** What the module named by `moduleUrl` exports as `heavy`. */
export interface HeavyModule {
  readonly caches: readonly CacheDefinition<unknown>[];
  readonly queries: Readonly<Record<string, HeavyQuery>>;
}

export interface ReaderPool {
  /** Input and output are structured-cloned. Rejects with RefusalError when the query refused. */
  run<T>(name: string, input: unknown): Promise<T>;
  /** Queries waiting or running. */
  pending(): number;
  close(): Promise<void>;
}

type Request = { id: number; name: string; input: unknown };
type Response = { id: number; value: unknown } | { id: number; refusal: Refusal } | { id: number; fault: string };

const QUEUE_MAX = 64;
const HEAP_MB_MAX = 1024;
const QUERY_MS_MAX = 120_000;
const RESTART_MS_MAX = 10_000;

export function openReaderPool(target: DatabaseTarget, moduleUrl: string): ReaderPool {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (fault: unknown) => void }>();
  let nextId = 1;
  let closed = false;
  let failures = 0;
  let worker: Worker | null = start();

  function start(): Worker {
    const made = new Worker(new URL('./reader-thread.ts', import.meta.url), { workerData: { target, moduleUrl }, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } });
    made.unref();
    made.on('message', (message: Response) => {
      failures = 0;
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (!call) return;
      if ('refusal' in message) call.reject(new RefusalError(message.refusal.code, message.refusal.details));
      else if ('fault' in message) call.reject(new Error(message.fault));
      else call.resolve(message.value as never);
    });
    const fail = (fault: unknown): void => {
      for (const call of waiting.values()) call.reject(fault);
      waiting.clear();
    };
    made.on('error', fail);
    made.on('exit', () => {
      fail(new Error('the reader thread ended'));
      worker = null;
      failures += 1;
      // A thread that cannot start is tried again ever more slowly.
      if (!closed) setTimeout(() => !closed && (worker = start()), Math.min(RESTART_MS_MAX, 100 * 2 ** failures)).unref();
    });
    return made;
  }

  return {
    run(name, input) {
      if (closed) return Promise.reject(new Error('the reader pool is closed'));
      const thread = worker;
      if (!thread || waiting.size >= QUEUE_MAX) return Promise.reject(new RefusalError('UNAVAILABLE', { queue: 'heavy' }));
      return new Promise((resolve, reject) => {
        const id = nextId;
        nextId += 1;
        // One query that never ends must not hold all others: the thread goes, everyone waiting is told, a new one starts.
        const late = setTimeout(() => void thread.terminate(), QUERY_MS_MAX);
        late.unref();
        const settle =
          <A>(then: (value: A) => void) =>
          (value: A): void => {
            clearTimeout(late);
            then(value);
          };
        waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
        thread.postMessage({ id, name, input } satisfies Request);
      });
    },
    pending: () => waiting.size,
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}

/** The thread's side: one query after another, caches fresh before each. */
export async function serveHeavyQueries(target: DatabaseTarget, moduleUrl: string, port: { on(event: 'message', listener: (request: Request) => void): unknown; postMessage(message: Response): void }): Promise<void> {
  const { heavy } = (await import(moduleUrl)) as { heavy: HeavyModule };
  const db = openDatabase(target.dialect === 'postgres' ? { ...target, connections: 2 } : target, { readonly: true });
  let ready: Promise<void> | null = null;
  let chain = Promise.resolve();

  async function answer(request: Request): Promise<void> {
    try {
      ready ??= db.caches.load(heavy.caches);
      await ready;
      await db.caches.refresh();
      const query = heavy.queries[request.name];
      if (!query) throw new Error(`no heavy query ${request.name}`);
      port.postMessage({ id: request.id, value: await query(db, request.input as never) });
    } catch (fault) {
      if (fault instanceof RefusalError) port.postMessage({ id: request.id, refusal: fault.refusal });
      else port.postMessage({ id: request.id, fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) });
    }
  }

  port.on('message', (request) => {
    chain = chain.then(() => answer(request));
  });
}
