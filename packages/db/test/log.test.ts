import { describeEachDialect, testDialects } from '@baxing/testing';
import { expect, test } from 'vitest';
import { type Database, followLog, type LogTail, openDatabase, sealBatch, watermarkOf } from '@baxing/db';
import { change, gate, note, notes, range } from './support.ts';

const fail = (fault: unknown): never => {
  throw fault;
};

interface Follower {
  readonly seen: number[];
  readonly tail: LogTail;
  /** Resolves when `count` events have been seen. */
  readonly has: (count: number) => Promise<void>;
}

async function follow(db: Database): Promise<Follower> {
  const tail = await followLog(db, fail, 20);
  const seen: number[] = [];
  const waits: { count: number; done: () => void }[] = [];
  tail.subscribe((events) => {
    seen.push(...events.map((event) => (event.data as { n: number }).n));
    for (const wait of waits) if (seen.length >= wait.count) wait.done();
  });
  return { seen, tail, has: (count) => new Promise((done) => (seen.length >= count ? done() : waits.push({ count, done }))) };
}

describeEachDialect('following the log', (open, dialect) => {
  test('gives each event once and in id order, from all processes', async () => {
    const db = await open();
    const twin = dialect === 'postgres' ? openDatabase(db.target) : db;
    const follower = await follow(db);
    await Promise.all(range(150).map((n) => change(n % 2 ? db : twin, (ctx) => note(ctx, n))));
    await follower.has(150);
    await follower.tail.stop();
    expect(follower.seen).toEqual(await notes(db));
    if (twin !== db) await twin.close();
  });

  test('a newcomer hears only what comes after it', async () => {
    const db = await open();
    await change(db, (ctx) => note(ctx, 1));
    const follower = await follow(db);
    await change(db, (ctx) => note(ctx, 2));
    await follower.has(1);
    await follower.tail.stop();
    expect(follower.seen).toEqual([2]);
  });
});

if (testDialects().includes('postgres'))
  describeEachDialect('while a transaction is open that holds a lower id', (open, dialect) => {
    if (dialect !== 'postgres') {
      test('SQLite has one writer: ids are committed in order', async () => {
        const db = await open();
        await Promise.all(range(20).map((n) => change(db, (ctx) => note(ctx, n))));
        expect(await watermarkOf(db).read()).toBe(20);
      });
      return;
    }

    /** A command that has recorded its event and waits before it commits. */
    async function held(db: Database): Promise<{ commit(): Promise<void> }> {
      const recorded = gate();
      const goOn = gate();
      db.projections.push(async (ctx, event) => {
        if ((event.data as { n: number }).n !== -1) return;
        // The id is taken here, as `execute` would a moment later.
        await ctx.tx
          .insertInto('event')
          .values({
            type: 'test.noted',
            subject: 'test',
            subject_id: 'tst_x',
            at: 1,
            account_id: 'a',
            post_id: 'p',
            unit_id: 'u',
            command_id: 'c',
            request_id: 'r',
            origin: 'o',
            scope: '{}',
            data: '{"n":1000}',
          })
          .execute();
        recorded.open();
        await goOn.opened;
      });
      const done = change(db, (ctx) => note(ctx, -1));
      await recorded.opened;
      return {
        async commit() {
          goOn.open();
          await done;
        },
      };
    }

    test('the watermark stays below it, and no follower skips it', async () => {
      const db = await open();
      const follower = await follow(db);
      const watermark = watermarkOf(db);
      await change(db, (ctx) => note(ctx, 0));
      expect(await watermark.read()).toBe(1);
      const low = await held(db);
      await Promise.all(range(20).map((n) => change(db, (ctx) => note(ctx, n + 1))));
      for (const _ of range(5)) expect(await watermark.read()).toBe(1);
      expect(await sealBatch(db, watermark, 1)).toMatchObject({ seq: 1 });
      expect(await db.read.selectFrom('seal').select('last_event_id').execute()).toEqual([{ last_event_id: 1 }]);
      expect(follower.seen.filter((n) => n > 0)).toEqual([]);
      await low.commit();
      await follower.has(23);
      await follower.tail.stop();
      expect(follower.seen).toEqual(await notes(db));
      expect(follower.seen).toContain(1000);
    });

    test('a process that starts meanwhile neither skips it nor tells the whole past again', async () => {
      const db = await open();
      await Promise.all(range(30).map((n) => change(db, (ctx) => note(ctx, n))));
      await sealBatch(db, watermarkOf(db), 1);
      const low = await held(db);
      await change(db, (ctx) => note(ctx, 500));
      const follower = await follow(db);
      await low.commit();
      await follower.has(3);
      await follower.tail.stop();
      expect(follower.seen).toEqual([1000, 500, -1]);
    });
  });
