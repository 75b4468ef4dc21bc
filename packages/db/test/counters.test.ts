import { describeEachDialect } from '@baxing/testing';
import { expect, test } from 'vitest';
import { type Database, foldCounters, openDatabase, readCounters } from '@baxing/db';
import { change, note, notes, range } from './support.ts';

const SUBJECTS = ['unt_a', 'unt_b', 'unt_c', 'unt_d'];

/** Counts in an order that differs from command to command: locks taken in that order would deadlock. */
const counted = (db: Database, n: number) =>
  change(db, (ctx) => {
    for (const i of range(SUBJECTS.length)) ctx.count('test', SUBJECTS[(i + n) % SUBJECTS.length]!, n % 2 === 0 ? 'even' : 'odd', 1 + ((i + n) % SUBJECTS.length));
    if (n % 10 === 3) throw new Error('rolled back');
    note(ctx, n);
  }).catch(() => null);

const recount = (kept: readonly number[]) =>
  SUBJECTS.flatMap((subject, i) => ['even', 'odd'].map((name) => ({ subject, name, value: (i + 1) * kept.filter((n) => (n % 2 === 0 ? 'even' : 'odd') === name).length })));

const sorted = (rows: readonly { subject: string; name: string; value: number }[]) => rows.map((row) => `${row.subject} ${row.name} ${row.value}`).toSorted();

describeEachDialect('counters', (open, dialect) => {
  test('equal a recount while commands of two processes and folds run together', async () => {
    const db = await open();
    const twin = dialect === 'postgres' ? openDatabase(db.target) : db;
    let folding = dialect === 'postgres';
    const fold = async (on: Database): Promise<void> => {
      while (folding) await on.writer.run((tx) => foldCounters(tx, 7));
    };
    const folds = dialect === 'postgres' ? [fold(db), fold(twin)] : [];
    const reads: string[][] = [];
    const work = range(200).map((n) => counted(n % 3 === 0 ? twin : db, n));
    for (const n of range(10)) {
      await work[n * 20];
      reads.push(sorted(await readCounters(db.read, db.dialect, 'test')));
    }
    await Promise.all(work);
    expect(sorted(await readCounters(db.read, db.dialect, 'test'))).toEqual(sorted(recount(await notes(db))));
    folding = false;
    await Promise.all(folds);
    if (dialect === 'postgres') while ((await db.writer.run((tx) => foldCounters(tx))) > 0);
    expect(await db.read.selectFrom('counter_delta').selectAll().execute()).toEqual([]);
    expect(sorted(await readCounters(db.read, db.dialect, 'test'))).toEqual(sorted(recount(await notes(db))));
    expect(reads.length).toBe(10);
    if (twin !== db) await twin.close();
  });

  test('leave out zero and other scopes, and can be asked for some subjects', async () => {
    const db = await open();
    await change(db, (ctx) => {
      ctx.count('test', 'a', 'open', 3);
      ctx.count('test', 'a', 'open', -3);
      ctx.count('test', 'b', 'open', 2);
      ctx.count('test', 'c', 'open', 1);
      ctx.count('else', 'b', 'open', 9);
    });
    await change(db, (ctx) => ctx.count('test', 'c', 'open', -1));
    expect(await readCounters(db.read, db.dialect, 'test')).toEqual([{ subject: 'b', name: 'open', value: 2 }]);
    expect(await readCounters(db.read, db.dialect, 'test', ['a', 'c'])).toEqual([]);
    expect(await readCounters(db.read, db.dialect, 'test', [])).toEqual([]);
  });
});
