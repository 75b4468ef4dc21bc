import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * The largest event id below which nothing can appear any more. Readers that follow the log by id stop there.
 *
 * SQLite commits in id order, so it is the largest id. On PostgreSQL an id is taken before its transaction commits, so a larger id can be
 * visible first: the sequence's value counts only once every writing transaction that was running right after reading it is over.
 * (`execute` gives every command a transaction id before its first event takes a number.)
 */
export interface Watermark {
  read(): Promise<number>;
}

export function watermarkOf(db: Database): Watermark {
  return db.dialect === 'sqlite' ? newestId(db) : settledId(db);
}

function newestId(db: Database): Watermark {
  return {
    async read() {
      const row = await db.read
        .selectFrom('event')
        .select((eb) => eb.fn.max('id').as('id'))
        .executeTakeFirst();
      return row?.id ?? 0;
    },
  };
}

function settledId(db: Database): Watermark {
  let settled: number | null = null;
  /** Counts once none of these transactions runs any more. */
  let pending: { id: number; running: ReadonlySet<string> } | null = null;

  async function read(): Promise<number> {
    settled ??= await sealedId(db);
    // In this order: a transaction that took a number before the sequence was read had its id before, so it is either seen running or over.
    const last = await sequenceValue(db);
    const running = await runningTransactions(db);
    if (pending && !running.some((one) => pending!.running.has(one))) {
      settled = Math.max(settled, pending.id);
      pending = null;
    }
    if (running.length === 0) {
      settled = Math.max(settled, last);
      pending = null;
    } else if (!pending && last > settled) pending = { id: last, running: new Set(running) };
    return settled;
  }

  let chain: Promise<number> = Promise.resolve(0);
  return {
    read() {
      chain = chain.then(read, read);
      return chain;
    },
  };
}

/** Where a process starts that finds transactions running: what is sealed is settled. */
async function sealedId(db: Database): Promise<number> {
  const seal = await db.read.selectFrom('seal').select('last_event_id').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return seal?.last_event_id ?? 0;
}

async function sequenceValue(db: Database): Promise<number> {
  const { rows } = await sql<{ last: number }>`select case when is_called then last_value else 0 end as last from event_id_seq`.execute(db.read as never);
  return rows[0]!.last;
}

/** Writing transactions of this database. Not the snapshot's: that one also waits for other databases of the same server. */
async function runningTransactions(db: Database): Promise<string[]> {
  const { rows } = await sql<{ one: string }>`select pid || ':' || backend_xid::text as one from pg_stat_activity where datname = current_database() and backend_xid is not null`.execute(
    db.read as never,
  );
  return rows.map((row) => row.one);
}
