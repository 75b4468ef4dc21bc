import { type Database, execute, openDatabase } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { disableAccount, identityCaches, resetPassword, unlockAccount } from '@baxing/identity/server';
import { describeEachDialect } from '@baxing/testing';
import { beforeEach, expect, it } from 'vitest';
import { account, attempt, call, openCity, PASSWORD, post, signedIn, WALL } from './city.ts';

const MINUTE = 60_000;
const WRONG = 'Wrong-tea-99';

describeEachDialect('sign-in', (open, dialect) => {
  let db: Database;
  let office: `acc_${string}`;
  beforeEach(async () => {
    db = await open();
    await openCity(db);
    office = await account(db, 'office', post('office'));
  });

  it('answers an unknown name, a wrong password and a disabled account alike', async () => {
    const disabled = await account(db, 'gone', post('office'));
    await execute(db, disableAccount, call(), { accountId: disabled });
    const answers = [await attempt(db, 'nobody.here'), await attempt(db, 'office', WRONG), await attempt(db, 'gone')];
    for (const answer of answers) expect(answer).toEqual({ ok: false, refusal: { code: 'BAD_CREDENTIALS', details: {} } });
  });

  it('records failures without the password and without names that do not exist', async () => {
    await attempt(db, 'my-secret-typed-here', WRONG);
    await attempt(db, 'office', WRONG);
    const rows = await db.read.selectFrom('event').select(['subject_id', 'data']).where('type', '=', 'auth.signInFailed').orderBy('id').execute();
    expect(rows.map(({ subject_id }) => subject_id)).toEqual(['acc_unknown', office]);
    expect(JSON.parse(rows[1]!.data)).toEqual({ userName: 'office', failures: 1, blocked: false });
    expect(JSON.stringify(rows)).not.toContain('my-secret');
    expect(JSON.stringify(rows)).not.toContain(WRONG);
  });

  it.each(['office', 'nobody.here'])('blocks %s after five failures for the rest of the quarter of an hour', async (name) => {
    for (let i = 0; i < 5; i += 1) expect(await attempt(db, name, WRONG, { wallNow: WALL + i * MINUTE })).toMatchObject({ refusal: { code: 'BAD_CREDENTIALS' } });
    const blocked = await attempt(db, name, PASSWORD, { wallNow: WALL + 5 * MINUTE, address: '10.9.9.9' });
    expect(blocked).toEqual({ ok: false, refusal: { code: 'TOO_MANY_ATTEMPTS', details: { retryAfterSeconds: 600 } } });
    expect((await attempt(db, name, PASSWORD, { wallNow: WALL + 15 * MINUTE })).ok).toBe(name === 'office');
  });

  it('a success forgets the failures of the name', async () => {
    for (let i = 0; i < 4; i += 1) await attempt(db, 'office', WRONG);
    await signedIn(db, 'office');
    for (let i = 0; i < 4; i += 1) expect(await attempt(db, 'office', WRONG)).toMatchObject({ refusal: { code: 'BAD_CREDENTIALS' } });
    expect((await attempt(db, 'office')).ok).toBe(true);
  });

  it('a burst of wrong ones gets five tries, a burst of right ones all', async () => {
    const wrong = await Promise.all(Array.from({ length: 12 }, () => attempt(db, 'office', WRONG)));
    expect(wrong.map((answer) => !answer.ok && answer.refusal.code)).toEqual([...Array.from({ length: 5 }, () => 'BAD_CREDENTIALS'), ...Array.from({ length: 7 }, () => 'TOO_MANY_ATTEMPTS')]);
    const right = await Promise.all(Array.from({ length: 12 }, () => attempt(db, 'office', PASSWORD, { wallNow: WALL + 15 * MINUTE })));
    expect(right.every((answer) => answer.ok)).toBe(true);
  });

  it('takes more than a hundred failures a minute from one address for different names, but not without end', async () => {
    for (let i = 0; i < 110; i += 1) expect(await attempt(db, `name${i}`, WRONG)).toMatchObject({ refusal: { code: 'BAD_CREDENTIALS' } });
    await db.writer.run((tx) => tx.updateTable('throttle').set({ failures: 300 }).where('key', '=', 'address:10.0.0.1').execute());
    expect(await attempt(db, 'office')).toMatchObject({ refusal: { code: 'TOO_MANY_ATTEMPTS' } });
    expect((await attempt(db, 'office', PASSWORD, { address: '10.0.0.2' })).ok).toBe(true);
    expect((await attempt(db, 'office', PASSWORD, { wallNow: WALL + MINUTE })).ok).toBe(true);
  });

  it('the security administrator lifts the block; so does a new password', async () => {
    for (let i = 0; i < 5; i += 1) await attempt(db, 'office', WRONG);
    expect((await execute(db, unlockAccount, call(), { accountId: office })).ok).toBe(true);
    expect((await attempt(db, 'office')).ok).toBe(true);
    for (let i = 0; i < 5; i += 1) await attempt(db, 'office', WRONG);
    const reset = await resetPassword(db, call(), { accountId: office });
    if (!reset.ok) throw new Error(reset.refusal.code);
    expect(await attempt(db, 'office', reset.value.generatedPassword!)).toMatchObject({ ok: true, value: { mustChangePassword: true } });
  });

  if (dialect === 'postgres')
    it('counts failures of all processes together', async () => {
      const other = openDatabase(db.target);
      try {
        await other.caches.load([placeCache, ...identityCaches]);
        for (let i = 0; i < 5; i += 1) await attempt(i % 2 === 0 ? db : other, 'office', WRONG);
        expect(await attempt(db, 'office')).toMatchObject({ refusal: { code: 'TOO_MANY_ATTEMPTS' } });
        expect(await attempt(other, 'office')).toMatchObject({ refusal: { code: 'TOO_MANY_ATTEMPTS' } });
      } finally {
        await other.close();
      }
    });
});
