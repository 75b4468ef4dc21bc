import { describeEachDialect } from '@baxing/testing';
import { expect, test } from 'vitest';
import { type Anchor, type AuditFinding, type Database, sealBatch, verifyAudit, watermarkOf } from '@baxing/db';
import { change, note, range } from './support.ts';

/** `n` events in batches of `perSeal`, all sealed. Returns the newest head. */
async function sealed(db: Database, n: number, perSeal = 5): Promise<Anchor> {
  const watermark = watermarkOf(db);
  let head: Anchor | null = null;
  for (const i of range(n)) {
    await change(db, (ctx) => note(ctx, i));
    if ((i + 1) % perSeal === 0) head = await sealBatch(db, watermark, i);
  }
  return head!;
}

const findings = async (db: Database, anchor: Anchor | null = null): Promise<AuditFinding[]> => (await verifyAudit(db.read, anchor ? [anchor] : [])).findings;

/** What someone with the database in his hands does: past `execute`. */
const tamper = (db: Database, statement: (tx: Parameters<Parameters<Database['writer']['run']>[0]>[0]) => Promise<unknown>) => db.writer.run(async (tx) => void (await statement(tx)));

const eventIds = async (db: Database): Promise<number[]> => (await db.read.selectFrom('event').select('id').orderBy('id').execute()).map((row) => row.id);

describeEachDialect('the audit chain', (open) => {
  test('is whole when nobody touched it, and names its head', async () => {
    const db = await open();
    const head = await sealed(db, 20);
    expect(await verifyAudit(db.read, [head])).toEqual({ seals: 4, events: 20, unsealedTail: 0, findings: [], head });
  });

  test('reports the tail that is not sealed yet', async () => {
    const db = await open();
    await sealed(db, 12);
    expect(await verifyAudit(db.read, [])).toMatchObject({ seals: 2, events: 10, unsealedTail: 2, findings: [] });
    await sealBatch(db, watermarkOf(db), 1);
    expect(await verifyAudit(db.read, [])).toMatchObject({ seals: 3, events: 12, unsealedTail: 0 });
    expect(await sealBatch(db, watermarkOf(db), 2)).toBeNull();
  });

  test.each(['at', 'data', 'post_id', 'origin', 'command_id'] as const)('finds an altered row: %s', async (column) => {
    const db = await open();
    await sealed(db, 15);
    const id = (await eventIds(db))[7]!;
    await tamper(db, (tx) =>
      tx
        .updateTable('event')
        .set({ [column]: column === 'at' ? 1 : 'other' })
        .where('id', '=', id)
        .execute(),
    );
    expect(await findings(db)).toEqual([{ kind: 'altered', eventId: id, seal: 2 }]);
  });

  test('finds a removed row', async () => {
    const db = await open();
    await sealed(db, 15);
    const id = (await eventIds(db))[3]!;
    await tamper(db, (tx) => tx.deleteFrom('event').where('id', '=', id).execute());
    expect(await findings(db)).toEqual([{ kind: 'removed', eventId: id, seal: 1 }]);
  });

  test('finds a row inserted among sealed ones and one before them all', async () => {
    const db = await open();
    await sealed(db, 15);
    const ids = await eventIds(db);
    const row = await db.read.selectFrom('event').selectAll().where('id', '=', ids[6]!).executeTakeFirstOrThrow();
    await tamper(db, (tx) => tx.deleteFrom('event').where('id', '=', ids[6]!).execute());
    await tamper(db, (tx) =>
      tx
        .insertInto('event')
        .values({ ...row, id: -1 })
        .execute(),
    );
    expect(await findings(db)).toEqual(
      expect.arrayContaining([
        { kind: 'inserted', eventId: -1, seal: 1 },
        { kind: 'removed', eventId: ids[6]!, seal: 2 },
      ]),
    );
  });

  test('finds two rows that changed places', async () => {
    const db = await open();
    await sealed(db, 10);
    const [a, b] = (await eventIds(db)).slice(2, 4) as [number, number];
    await tamper(db, async (tx) => {
      await tx.updateTable('event').set({ id: 900_000 }).where('id', '=', a).execute();
      await tx.updateTable('event').set({ id: a }).where('id', '=', b).execute();
      await tx.updateTable('event').set({ id: b }).where('id', '=', 900_000).execute();
    });
    expect(await findings(db)).toEqual([
      { kind: 'altered', eventId: a, seal: 1 },
      { kind: 'altered', eventId: b, seal: 1 },
    ]);
  });

  test('finds a seal altered, removed, and made to fit an altered row', async () => {
    const db = await open();
    await sealed(db, 20);
    await tamper(db, (tx) =>
      tx
        .updateTable('seal')
        .set({ hash: 'f'.repeat(64) })
        .where('seq', '=', 2)
        .execute(),
    );
    expect(await findings(db)).toEqual([
      { kind: 'seal_altered', seal: 2 },
      { kind: 'seal_altered', seal: 3 },
    ]);
    await tamper(db, (tx) => tx.deleteFrom('seal').where('seq', '=', 2).execute());
    expect(await findings(db)).toContainEqual({ kind: 'seal_removed', seal: 2 });
  });

  test('finds a chain cut off at its end by the head kept outside', async () => {
    const db = await open();
    const head = await sealed(db, 20);
    const ids = await eventIds(db);
    await tamper(db, async (tx) => {
      await tx.deleteFrom('seal').where('seq', '>', 2).execute();
      await tx.deleteFrom('event').where('id', '>', ids[9]!).execute();
    });
    expect(await findings(db)).toEqual([]);
    expect(await findings(db, head)).toEqual([{ kind: 'cut_off', seal: 4, foundSeal: 2 }]);
  });

  test('finds a chain written anew', async () => {
    const db = await open();
    const head = await sealed(db, 10);
    await tamper(db, async (tx) => {
      await tx.deleteFrom('seal').execute();
      await tx.updateTable('event').set({ origin: 'elsewhere' }).execute();
    });
    for (let seals = 0; seals < 2; seals += 1) await sealBatch(db, { read: async () => (await eventIds(db))[seals * 5 + 4]! }, 1);
    expect(await findings(db)).toEqual([]);
    expect(await findings(db, head)).toEqual([{ kind: 'seal_altered', seal: 2 }]);
  });

  test('is one chain when several sealers work at once', async () => {
    const db = await open();
    await sealed(db, 7, 100);
    const writes = range(60).map((n) => change(db, (ctx) => note(ctx, n)));
    const sealer = async (): Promise<void> => {
      const watermark = watermarkOf(db);
      for (const n of range(12)) await sealBatch(db, watermark, n);
    };
    await Promise.all([...writes, sealer(), sealer(), sealer()]);
    const watermark = watermarkOf(db);
    while ((await sealBatch(db, watermark, 99)) !== null);
    expect(await verifyAudit(db.read, [])).toMatchObject({ events: 67, unsealedTail: 0, findings: [] });
  });
});
