import type { Reader, Tx } from './dialect.ts';

export async function readSetting<T>(reader: Reader, key: string): Promise<T | null> {
  const row = await reader.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst();
  return row ? (JSON.parse(row.value) as T) : null;
}

export async function writeSetting(tx: Tx, key: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  await tx
    .insertInto('setting')
    .values({ key, value: text })
    .onConflict((c) => c.column('key').doUpdateSet({ value: text }))
    .execute();
}

/** All epochs at once: one small read tells a process which of its caches are old. */
export async function readEpochs(reader: Reader): Promise<Map<string, number>> {
  const rows = await reader.selectFrom('epoch').selectAll().execute();
  return new Map(rows.map((row) => [row.name, row.value]));
}
