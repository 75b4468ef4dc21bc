import { randomFillSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type NewId, idMaker } from '@baxing/kernel';
import Sqlite from 'better-sqlite3';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { Caches } from './caches.ts';
import type { Projection } from './command.ts';
import { type DialectName, openPostgresPool, openSqlite, postgresKysely, type Reader, runOutsideCommand, sqliteKysely, statementNames } from './dialect.ts';
import { migrateToLatest } from './migrations/index.ts';
import type { Schema } from './schema/index.ts';
import { postgresWriter, sqliteWriter, type Writer } from './writer.ts';

export type DatabaseTarget = { readonly dialect: 'sqlite'; readonly file: string } | { readonly dialect: 'postgres'; readonly url: string; readonly connections?: number };

export interface Database {
  readonly dialect: DialectName;
  readonly target: DatabaseTarget;
  /** Reads of committed rows. Throws when used inside a command. */
  readonly read: Reader;
  readonly writer: Writer;
  readonly newId: NewId;
  /** Wired by `packages/api` before the first command. */
  readonly projections: Projection[];
  /** What this process keeps in memory of slow-changing tables. */
  readonly caches: Caches;
  /** Called when a command's events are committed; wakes who waits on `onEvents`. */
  noteEvents(): void;
  /** Calls back after events were committed by this process (not by others). */
  onEvents(listener: () => void): () => void;
  migrate(): Promise<string[]>;
  close(): Promise<void>;
}

export class SecondWriterError extends Error {}

/**
 * SQLite has one writing process. The lock is an exclusive transaction on a file of its own:
 * the system frees it when the process ends, however it ends.
 */
function takeWriterLock(file: string): Sqlite.Database {
  const lock = new Sqlite(`${file}.lock`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('begin exclusive');
    return lock;
  } catch (fault) {
    lock.close();
    if ((fault as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw new SecondWriterError(`another process is writing to ${file}`);
    throw fault;
  }
}

export interface OpenOptions {
  readonly now?: () => number;
  readonly random?: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** No writer, no lock: for worker threads and for the command line beside a running server. */
  readonly readonly?: boolean;
}

export function openDatabase(target: DatabaseTarget, options: OpenOptions = {}): Database {
  return target.dialect === 'sqlite' ? openOnSqlite(target, options) : openOnPostgres(target, options);
}

const refusingWriter: Writer = {
  run: () => Promise.reject(new Error('opened for reading only')),
  pending: () => 0,
  close: () => Promise.resolve(),
};

function openOnSqlite(target: DatabaseTarget & { dialect: 'sqlite' }, options: OpenOptions): Database {
  mkdirSync(dirname(target.file), { recursive: true });
  const lock = options.readonly ? null : takeWriterLock(target.file);
  const writing = options.readonly ? null : openSqlite(target.file, false);
  const writingKysely = writing && sqliteKysely(writing, false);
  const reading = openSqlite(target.file, true);
  const readKysely = sqliteKysely(reading, true);
  return assemble(target, options, readKysely, writing && writingKysely ? sqliteWriter(writing, writingKysely) : refusingWriter, writingKysely, () => {
    reading.close();
    if (writing) {
      writing.pragma('wal_checkpoint(TRUNCATE)');
      writing.close();
    }
    lock?.close();
    return Promise.resolve();
  });
}

function openOnPostgres(target: DatabaseTarget & { dialect: 'postgres' }, options: OpenOptions): Database {
  const connections = target.connections ?? 20;
  const pool: pg.Pool = openPostgresPool(target.url, connections);
  // A connection that the server ends while idle is replaced at next use; without a listener it would end the process.
  pool.on('error', () => {});
  const names = statementNames();
  const read = postgresKysely(pool, names, true);
  const write = postgresKysely(pool, names, false);
  return assemble(target, options, read, options.readonly ? refusingWriter : postgresWriter(write), write, () => pool.end());
}

function assemble(target: DatabaseTarget, options: OpenOptions, read: Kysely<Schema>, writer: Writer, migrating: Kysely<Schema> | null, release: () => Promise<void>): Database {
  const listeners = new Set<() => void>();
  let noted = false;
  let closed = false;
  return {
    dialect: target.dialect,
    target,
    read,
    writer,
    newId: idMaker(options.now ?? Date.now, options.random ?? randomFillSync),
    projections: [],
    caches: new Caches(read),
    noteEvents() {
      if (noted || listeners.size === 0) return;
      noted = true;
      // A moment later, so that the commands of one group wake their listeners once.
      runOutsideCommand(() =>
        setTimeout(() => {
          noted = false;
          for (const listener of listeners) listener();
        }, 5),
      );
    },
    onEvents(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    migrate() {
      if (!migrating) throw new Error('opened for reading only');
      return migrateToLatest(migrating as never, target.dialect);
    },
    async close() {
      if (closed) return;
      closed = true;
      await writer.close();
      await release();
    },
  };
}
