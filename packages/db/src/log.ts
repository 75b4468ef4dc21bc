import type { Database } from './database.ts';
import type { EventScope } from './command.ts';
import { watermarkOf } from './watermark.ts';

/** One committed event as followers of the log see it. */
export interface LoggedEvent {
  readonly id: number;
  readonly type: string;
  readonly subject: string;
  readonly subjectId: string;
  readonly at: number;
  readonly postId: string;
  readonly scope: EventScope;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LogTail {
  /** Each committed event once and in id order, from all processes; returns a function that ends it. */
  subscribe(listener: (events: readonly LoggedEvent[]) => void): () => void;
  /** The newest id that has been handed out. */
  position(): number;
  /** Resolves when nothing of it reads any more: the database may be closed. */
  stop(): Promise<void>;
}

const TAIL_BATCH = 500;

export async function readLog(db: Database, after: number, upTo: number, limit: number): Promise<LoggedEvent[]> {
  const rows = await db.read
    .selectFrom('event')
    .select(['id', 'type', 'subject', 'subject_id', 'at', 'post_id', 'scope', 'data'])
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    subject: row.subject,
    subjectId: row.subject_id,
    at: row.at,
    postId: row.post_id,
    scope: JSON.parse(row.scope) as EventScope,
    data: JSON.parse(row.data) as Record<string, unknown>,
  }));
}

/** One follower per process: reads the log once for all its subscribers. Own commits wake it; other processes' are found by polling. */
export async function followLog(db: Database, onFault: (fault: unknown) => void, pollMs = 300): Promise<LogTail> {
  const watermark = watermarkOf(db);
  const listeners = new Set<(events: readonly LoggedEvent[]) => void>();
  let position = await watermark.read();
  let busy: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  async function pullAll(): Promise<void> {
    try {
      do {
        again = false;
        const upTo = await watermark.read();
        // Without listeners nothing is read: a newcomer starts from its own position anyway.
        while (position < upTo && listeners.size > 0 && !stopped) {
          const events = await readLog(db, position, upTo, TAIL_BATCH);
          position = events.at(-1)?.id ?? upTo;
          if (events.length > 0) for (const listener of listeners) listener(events);
        }
        position = Math.max(position, upTo);
      } while (again && !stopped);
    } catch (fault) {
      if (!stopped) onFault(fault);
    }
  }

  function pull(): void {
    again = true;
    if (!stopped) busy ??= pullAll().finally(() => (busy = null));
  }

  const unlisten = db.onEvents(pull);
  const timer = setInterval(pull, pollMs);
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    position: () => position,
    async stop() {
      stopped = true;
      unlisten();
      clearInterval(timer);
      await busy;
    },
  };
}
