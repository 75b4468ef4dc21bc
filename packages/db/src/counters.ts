import { sql } from 'kysely';
import type { DialectName, Reader, Tx } from './dialect.ts';

/**
 * Counters behind boards and lists, kept in the transaction of the change they count.
 * SQLite has one writer, so the row itself is updated; on PostgreSQL a hot row would queue writers behind each other's fsync,
 * so deltas are appended and folded later. Readers add both.
 */
export interface CounterChange {
  readonly scope: string;
  readonly subject: string;
  readonly name: string;
  readonly delta: number;
}

export interface CounterRow {
  subject: string;
  name: string;
  value: number;
}

function merged(changes: readonly CounterChange[]): CounterChange[] {
  const sums = new Map<string, CounterChange>();
  for (const change of changes) {
    const key = `${change.scope}\n${change.subject}\n${change.name}`;
    const known = sums.get(key);
    sums.set(key, known ? { ...known, delta: known.delta + change.delta } : change);
  }
  return [...sums.entries()]
    .filter(([, change]) => change.delta !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, change]) => change);
}

const CHUNK = 100;

export async function addCounters(tx: Tx, dialect: DialectName, changes: readonly CounterChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = merged(changes);
  for (let i = 0; i < rows.length; i += CHUNK) {
    const chunk = rows.slice(i, i + CHUNK);
    if (dialect === 'postgres') await tx.insertInto('counter_delta').values(chunk).execute();
    else
      await tx
        .insertInto('counter')
        .values(chunk.map(({ delta, ...key }) => ({ ...key, value: delta })))
        .onConflict((c) => c.columns(['scope', 'subject', 'name']).doUpdateSet((eb) => ({ value: eb('counter.value', '+', eb.ref('excluded.value')) })))
        .execute();
  }
}

/** All counters of one scope, or of some of its subjects. Zero values are left out. */
export async function readCounters(reader: Reader, dialect: DialectName, scope: string, subjects?: readonly string[]): Promise<CounterRow[]> {
  if (subjects?.length === 0) return [];
  let kept = reader.selectFrom('counter').select(['subject', 'name', 'value']).where('scope', '=', scope);
  if (subjects) kept = kept.where('subject', 'in', subjects);
  if (dialect === 'sqlite') return (await kept.execute()).filter((row) => row.value !== 0);
  let fresh = reader
    .selectFrom('counter_delta')
    .select(['subject', 'name', sql<number>`sum(delta)::bigint`.as('value')])
    .where('scope', '=', scope)
    .groupBy(['subject', 'name']);
  if (subjects) fresh = fresh.where('subject', 'in', subjects);
  // One statement, one snapshot: a fold between two reads would count twice or not at all.
  const rows = await kept.unionAll(fresh).execute();
  const sums = new Map<string, CounterRow>();
  for (const row of rows) {
    const key = `${row.subject}\n${row.name}`;
    const known = sums.get(key);
    if (known) known.value += row.value;
    else sums.set(key, { ...row });
  }
  return [...sums.values()].filter((row) => row.value !== 0);
}

/** PostgreSQL: moves a batch of deltas into their counters. Returns how many were folded. */
export async function foldCounters(tx: Tx, batch = 5000): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    with taken as (delete from counter_delta where id in (select id from counter_delta order by id limit ${batch} for update skip locked) returning scope, subject, name, delta),
    sums as (select scope, subject, name, sum(delta)::bigint as value, count(*) as n from taken group by scope, subject, name order by scope, subject, name),
    kept as (insert into counter (scope, subject, name, value) select scope, subject, name, value from sums
      on conflict (scope, subject, name) do update set value = counter.value + excluded.value returning 1)
    select coalesce((select sum(n) from sums), 0)::bigint as n`.execute(tx as never);
  return rows[0]?.n ?? 0;
}
