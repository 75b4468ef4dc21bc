import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * The largest event id below which nothing can appear any more. Readers that follow the log by id stop there.
 *
 * SQLite commits in id order, so it is the largest id. On PostgreSQL an id is taken before its transaction commits, so a larger id can be
 * visible first: the sequence's value counts only once every transaction that was running right after reading it is over.
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
  let pending: { id: number; xmax: bigint } | null = null;

  async function read(): Promise<number> {
    settled ??= await sealedId(db);
    // Two statements: within one, the snapshot would be older than the sequence's value and miss a transaction that began in between.
    const { rows: sequence } = await sql<{ last: number }>`select case when is_called then last_value else 0 end as last from event_id_seq`.execute(db.read as never);
    const { rows: snapshots } = await sql<{ xmin: string; xmax: string }>`select pg_snapshot_xmin(s)::text as xmin, pg_snapshot_xmax(s)::text as xmax from pg_current_snapshot() s`.execute(
      db.read as never,
    );
    const { last } = sequence[0]!;
    const xmin = BigInt(snapshots[0]!.xmin);
    const xmax = BigInt(snapshots[0]!.xmax);
    if (pending && xmin >= pending.xmax) {
      settled = Math.max(settled, pending.id);
      pending = null;
    }
    // Nothing was running: the sequence itself is settled.
    if (xmin === xmax) {
      settled = Math.max(settled, last);
      pending = null;
    } else if (!pending && last > settled) pending = { id: last, xmax };
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
