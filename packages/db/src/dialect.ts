import { AsyncLocalStorage } from 'node:async_hooks';
import Sqlite from 'better-sqlite3';
import { type Dialect, Kysely, type KyselyPlugin, type PluginTransformResultArgs, PostgresDialect, type QueryResult, type RootOperationNode, SqliteDialect, type UnknownRow } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema/index.ts';

/** What differs between SQLite and PostgreSQL and nothing else: connections, statement caches, types on the wire. */

export type DialectName = 'sqlite' | 'postgres';

/** Queries inside a command. Typed as the builder without transactions: the command is the transaction. */
export type Tx = Omit<Kysely<Schema>, 'transaction' | 'startTransaction' | 'connection' | 'destroy'>;
/** Queries outside a command; read only by convention and, on SQLite, by the connection. */
export type Reader = Tx;

const insideCommand = new AsyncLocalStorage<true>();

export const runInsideCommand = <T>(run: () => Promise<T>): Promise<T> => insideCommand.run(true, run);
/** For what a command starts but does not wait for: it runs after the commit and reads through the outer handle. */
export const runOutsideCommand = <T>(run: () => T): T => insideCommand.exit(run);
export const isInsideCommand = (): boolean => insideCommand.getStore() === true;

/** On SQLite the outer handle inside a transaction would wait or read the past; on PostgreSQL it silently leaves the transaction. Here it throws on both. */
class OuterHandleGuard implements KyselyPlugin {
  transformQuery({ node }: { node: RootOperationNode }): RootOperationNode {
    if (insideCommand.getStore()) throw new Error('the outer database handle was used inside a command: use ctx.tx');
    return node;
  }
  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }
}

const TURN_MS_MAX = 10;

/**
 * better-sqlite3 answers at once, so a command of a thousand statements would hold the event loop from end to end. The writing handle lets
 * waiting requests in between; other commands still wait, since the units of a group run one after another.
 */
class TurnGiver implements KyselyPlugin {
  #since = performance.now();

  transformQuery({ node }: { node: RootOperationNode }): RootOperationNode {
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    if (performance.now() - this.#since > TURN_MS_MAX) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#since = performance.now();
    }
    return result;
  }
}

const STATEMENT_CACHE_MAX = 800;

type Statement = ReturnType<Sqlite.Database['prepare']>;

/** Kysely prepares every query anew; keeping statements by their text halves the CPU per statement. */
export function cachedStatements(database: Sqlite.Database): Sqlite.Database {
  const cache = new Map<string, Statement>();
  const prepare = (text: string): Statement => {
    const known = cache.get(text);
    if (known) return known;
    const made = database.prepare(text);
    if (cache.size >= STATEMENT_CACHE_MAX) cache.delete(cache.keys().next().value!);
    cache.set(text, made);
    return made;
  };
  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') return prepare;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...a: unknown[]) => unknown).bind(target) : value;
    },
  });
}

export function openSqlite(file: string, readonly: boolean): Sqlite.Database {
  const database = new Sqlite(file, { readonly });
  database.pragma('busy_timeout = 10000');
  if (!readonly) {
    database.pragma('journal_mode = WAL');
    // Acknowledged means on disk: every commit waits for its fsync; group commit shares it.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('wal_autocheckpoint = 4000');
  }
  database.pragma('cache_size = -65536');
  database.pragma('temp_store = MEMORY');
  database.pragma('mmap_size = 1073741824');
  return database;
}

export function sqliteKysely(database: Sqlite.Database, guarded: boolean): Kysely<Schema> {
  const dialect: Dialect = new SqliteDialect({ database: cachedStatements(database) });
  return new Kysely<Schema>({ dialect, plugins: [guarded ? new OuterHandleGuard() : new TurnGiver()] });
}

const NAMED_STATEMENTS_MAX = 500;
const NAMED_STATEMENT_TEXT_MAX = 4000;

export function openPostgresPool(url: string, connections: number): pg.Pool {
  // int8 arrives as text by default; every integer of ours is below 2^53.
  const types = {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') => (oid === 20 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'))) as typeof pg.types.getTypeParser,
  };
  return new pg.Pool({ connectionString: url, max: connections, types, application_name: 'baxing', statement_timeout: 120_000, idle_in_transaction_session_timeout: 120_000 });
}

export type StatementNames = (text: string) => string | undefined;

/** Names for repeated query texts, so that PostgreSQL parses and plans each once per connection. One per pool: a name belongs to its connections. */
export function statementNames(): StatementNames {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= NAMED_STATEMENTS_MAX || text.length > NAMED_STATEMENT_TEXT_MAX) return undefined;
    const name = `q${names.size}`;
    names.set(text, name);
    return name;
  };
}

export function postgresKysely(pool: pg.Pool, nameOf: StatementNames, guarded: boolean): Kysely<Schema> {
  const wrapped = {
    connect: async () => {
      const client = await pool.connect();
      return {
        query: (text: unknown, values?: readonly unknown[]) => {
          if (typeof text !== 'string') return client.query(text as never);
          const name = values === undefined ? undefined : nameOf(text);
          return client.query({ text, values: [...(values ?? [])], ...(name === undefined ? {} : { name }) });
        },
        release: () => client.release(),
      };
    },
    end: () => pool.end(),
  };
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: wrapped as never }), plugins: guarded ? [new OuterHandleGuard()] : [] });
}
