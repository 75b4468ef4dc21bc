import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * The largest event id below which nothing can appear any more. Readers that follow the log by id stop there.
 *
 * SQLite commits in id order, so it is the largest id. On PostgreSQL an id is taken before its transaction commits, so a larger id can be
 * visible first: the sequence's value is read together with the snapshot's end, and counts only once every transaction of that snapshot is over.
 * (`execute` gives every command a transaction id before its first event takes a number.)
 */
export interface Watermark {
  read(): Promise<number>;
}

export function watermarkOf(db: Database): Watermark {
  if (db.dialect === 'sqlite')
    return {
      async read() {
        const row = await db.read
          .selectFrom('event')
          .select((eb) => eb.fn.max('id').as('id'))
          .executeTakeFirst();
        return row?.id ?? 0;
      },
    };
  let settled = 0;
  let pending: { id: number; xmax: bigint } | null = null;
  return {
    async read() {
      const { rows } = await sql<{ last: number; xmin: string; xmax: string }>`
        select case when is_called then last_value else 0 end as last, pg_snapshot_xmin(s)::text as xmin, pg_snapshot_xmax(s)::text as xmax
        from event_id_seq, pg_current_snapshot() s`.execute(db.read as never);
      const now = rows[0]!;
      if (pending && BigInt(now.xmin) >= pending.xmax) {
        settled = Math.max(settled, pending.id);
        pending = null;
      }
      // Nothing in flight at this very snapshot: the sequence itself is settled.
      if (now.xmin === now.xmax && now.last > settled) {
        settled = now.last;
        pending = null;
      } else if (!pending && now.last > settled) pending = { id: now.last, xmax: BigInt(now.xmax) };
      return settled;
    },
  };
}
