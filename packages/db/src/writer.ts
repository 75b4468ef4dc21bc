import type Sqlite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { isInsideCommand, runInsideCommand, type Tx } from './dialect.ts';
import type { Schema } from './schema/index.ts';

/** Runs one unit of work durably: when the promise resolves, it is on disk; when it rejects, nothing of it is. */
export interface Writer {
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Units waiting or running. */
  pending(): number;
  /** Resolves when everything accepted so far has been answered; refuses new work. */
  close(): Promise<void>;
}

export class WriterClosedError extends Error {}

/** A second unit inside a unit would wait for itself on SQLite and commit alone on PostgreSQL. */
const refuseNesting = (): void => {
  if (isInsideCommand()) throw new Error('a command was started inside a command: use ctx.tx, a projection or the outbox');
};

const GROUP_MAX = 128;
const GROUP_MS_MAX = 20;

type Statement = Sqlite.Statement<[]>;

interface Unit {
  work: (tx: Tx) => Promise<unknown>;
  resolve: (value: never) => void;
  reject: (fault: unknown) => void;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Group commit on the one writing connection: units that arrive together run one after another as savepoints of one transaction,
 * one fsync, then all are answered. A unit that throws rolls back alone.
 */
export function sqliteWriter(database: Sqlite.Database, kysely: Kysely<Schema>): Writer {
  const queue: Unit[] = [];
  const [begin, savepoint, release, rollbackTo, commit] = ['begin immediate', 'savepoint unit', 'release unit', 'rollback to unit', 'commit'].map((text) => database.prepare<[]>(text)) as [Statement, Statement, Statement, Statement, Statement];
  let draining: Promise<void> | null = null;
  let closed = false;
  let running = 0;

  async function group(): Promise<void> {
    const began = performance.now();
    const finished: { unit: Unit; value: unknown }[] = [];
    begin.run();
    try {
      while (finished.length < GROUP_MAX && performance.now() - began < GROUP_MS_MAX) {
        const unit = queue.shift();
        if (!unit) break;
        running = finished.length + 1;
        try {
          savepoint.run();
          const value = await runInsideCommand(() => unit.work(kysely));
          release.run();
          finished.push({ unit, value });
        } catch (fault) {
          // First of all it is answered: what follows may fail too.
          unit.reject(fault);
          // A fault such as SQLITE_FULL has already rolled the whole transaction back.
          if (!database.inTransaction) throw fault;
          rollbackTo.run();
          release.run();
        }
        // Requests that are already on the socket join this commit.
        if (queue.length === 0) await nextTurn();
      }
      commit.run();
    } catch (fault) {
      if (database.inTransaction) database.exec('rollback');
      for (const { unit } of finished) unit.reject(fault);
      return;
    } finally {
      running = 0;
    }
    for (const { unit, value } of finished) unit.resolve(value as never);
  }

  async function drain(): Promise<void> {
    try {
      await nextTurn();
      while (queue.length > 0) {
        try {
          await group();
        } catch (fault) {
          for (const unit of queue.splice(0)) unit.reject(fault);
        }
        await nextTurn();
      }
    } finally {
      draining = null;
    }
  }

  return {
    async run(work) {
      refuseNesting();
      if (closed) return Promise.reject(new WriterClosedError('the database is closing'));
      return new Promise((resolve, reject) => {
        queue.push({ work, resolve, reject });
        draining ??= drain();
      });
    },
    pending: () => queue.length + running,
    async close() {
      closed = true;
      while (draining) await draining;
    },
  };
}

const RETRIES_MAX = 8;
/**
 * serialization_failure, deadlock_detected; unique_violation once: the row may come from a twin of this command,
 * whose receipt the second try finds.
 */
const isRetryable = (fault: unknown, tries: number): boolean => {
  const { code, constraint } = (fault ?? {}) as { code?: string; constraint?: string };
  return code === '40001' || code === '40P01' || (code === '23505' && (constraint === 'receipt_pkey' || tries === 1));
};

/** Each unit its own transaction; the server groups their fsyncs. */
export function postgresWriter(kysely: Kysely<Schema>): Writer {
  let closed = false;
  const running = new Set<Promise<unknown>>();

  async function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await kysely.transaction().execute((tx) => runInsideCommand(() => work(tx as unknown as Tx)));
      } catch (fault) {
        if (tries >= RETRIES_MAX || !isRetryable(fault, tries)) throw fault;
      }
    }
  }

  return {
    async run(work) {
      refuseNesting();
      if (closed) return Promise.reject(new WriterClosedError('the database is closing'));
      const done = attempt(work);
      running.add(done);
      const forget = (): void => void running.delete(done);
      done.then(forget, forget);
      return done;
    },
    pending: () => running.size,
    async close() {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
