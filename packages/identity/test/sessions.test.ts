import { type Database, execute, openDatabase } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { changePassword, disableAccount, identityCaches, resolvePost, resolveSession, SESSION_COOKIE, setPosts, signIn, signOut, switchPost } from '@baxing/identity/server';
import { describeEachDialect } from '@baxing/testing';
import { beforeEach, expect, it } from 'vitest';
import { account, AT, attempt, call, OFFICE, openCity, PASSWORD, placeId, post, request, signedIn, STREET, WALL } from './city.ts';

const MINUTE = 60_000;
const now = (over: Partial<{ wallNow: number; at: number }> = {}) => ({ wallNow: WALL, at: AT, ...over });

async function eventsOf(db: Database): Promise<{ type: string; data: string; origin: string }[]> {
  return db.read.selectFrom('event').select(['type', 'data', 'origin']).orderBy('id').execute();
}

describeEachDialect('sessions', (open, dialect) => {
  let db: Database;
  let clerk: `acc_${string}`;
  beforeEach(async () => {
    db = await open();
    await openCity(db);
    clerk = await account(db, 'street.zhaxi', post('street', { unitId: STREET, areaId: placeId('540102005000') }), post('verifier', { unitId: STREET, areaId: placeId('540102005000') }));
  });

  it('opens one with a cookie and keeps only the hash of its secret', async () => {
    const { token, setCookie, mustChangePassword, me } = await signedIn(db, 'street.zhaxi');
    expect(setCookie).toBe(`${SESSION_COOKIE}=${token}; HttpOnly; Max-Age=604800; Path=/; SameSite=Lax`);
    expect(mustChangePassword).toBe(false);
    expect(me).toMatchObject({ userName: 'street.zhaxi', now: AT, post: { role: 'street', unitName: '扎细街道办事处', areaName: '扎细街道' } });
    expect(me.posts).toHaveLength(2);
    expect(me.verbs['tickets.report']).toBe('area');
    const stored = JSON.stringify([await db.read.selectFrom('session').selectAll().execute(), await eventsOf(db), await db.read.selectFrom('receipt').selectAll().execute()]);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain('argon2');
    expect(stored).not.toContain(PASSWORD);
  });

  it('resolves to the actor with the path of its place', async () => {
    const { token } = await signedIn(db, 'street.zhaxi');
    const resolved = await resolveSession(db, `other=%E0%A4%A; ${SESSION_COOKIE}=${token}; x=1`, now());
    expect(resolved?.actor).toMatchObject({ accountId: clerk, role: 'street', unitId: STREET, areaPath: ['540100000000', '540102000000', '540102005000'].map(placeId) });
    expect(await resolveSession(db, null, now())).toBeNull();
    expect(await resolveSession(db, `${SESSION_COOKIE}=${'a'.repeat(40)}`, now())).toBeNull();
    expect(await resolveSession(db, `${SESSION_COOKIE}=%`, now())).toBeNull();
  });

  it('takes a name in any case and says Secure behind TLS', async () => {
    expect((await attempt(db, 'Street.Zhaxi ', PASSWORD)).ok).toBe(true);
    const secure = await signIn(db, { ...request(), secure: true, userName: 'street.zhaxi', password: PASSWORD });
    expect(secure.ok && secure.value.setCookie).toContain('; Secure');
  });

  it('ends after twelve idle hours by the wall clock, whatever the product clock says', async () => {
    const { token } = await signedIn(db, 'street.zhaxi');
    const idle = 720 * MINUTE;
    expect(await resolveSession(db, token, now({ wallNow: WALL + idle - MINUTE }))).not.toBeNull();
    expect(await resolveSession(db, token, now({ wallNow: WALL + 2 * idle - 2 * MINUTE }))).not.toBeNull();
    expect(await resolveSession(db, token, now({ wallNow: WALL + 2 * idle - MINUTE, at: AT + 365 * 24 * 60 * MINUTE }))).not.toBeNull();
    expect(await resolveSession(db, token, now({ wallNow: WALL + 3 * idle }))).toBeNull();
    expect(await db.read.selectFrom('session').selectAll().execute()).toEqual([]);
  });

  it('ends after seven days however busy', async () => {
    const { token } = await signedIn(db, 'street.zhaxi');
    const week = 10_080 * MINUTE;
    for (let wallNow = WALL; wallNow < WALL + week; wallNow += 600 * MINUTE) expect(await resolveSession(db, token, now({ wallNow }))).not.toBeNull();
    expect(await resolveSession(db, token, now({ wallNow: WALL + week - MINUTE }))).not.toBeNull();
    expect(await resolveSession(db, token, now({ wallNow: WALL + week }))).toBeNull();
  });

  it('writes its last use at most every five minutes and reads at most every five seconds', async () => {
    const { token } = await signedIn(db, 'street.zhaxi');
    const seen = async (): Promise<number> => (await db.read.selectFrom('session').select('last_seen_at').executeTakeFirstOrThrow()).last_seen_at;
    await resolveSession(db, token, now({ wallNow: WALL + 4 * MINUTE }));
    expect(await seen()).toBe(WALL);
    await resolveSession(db, token, now({ wallNow: WALL + 6 * MINUTE }));
    expect(await seen()).toBe(WALL + 6 * MINUTE);
    const first = await resolveSession(db, token, now({ wallNow: WALL + 6 * MINUTE + 4000 }));
    expect(await resolveSession(db, token, now({ wallNow: WALL + 6 * MINUTE + 4999 }))).toBe(first);
    expect(await resolveSession(db, token, now({ wallNow: WALL + 6 * MINUTE + 5000 }))).not.toBe(first);
  });

  it('switches between its posts only', async () => {
    const { token, me } = await signedIn(db, 'street.zhaxi');
    const resolved = (await resolveSession(db, token, now()))!;
    const verifier = me.posts[1]!;
    const switched = await switchPost(db, request(), resolved, { postId: verifier.postId });
    expect(switched).toMatchObject({ ok: true, value: { post: { role: 'verifier' } } });
    expect((await resolveSession(db, token, now()))?.actor.role).toBe('verifier');
    expect(await resolvePost(db, resolved, now())).toBe(false);
    expect(await switchPost(db, request(), resolved, { postId: 'pst_other' })).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
  });

  it('records signing in, switching and signing out', async () => {
    const { token, me } = await signedIn(db, 'street.zhaxi');
    const resolved = (await resolveSession(db, token, now()))!;
    await switchPost(db, request(), resolved, { postId: me.posts[1]!.postId });
    const answer = await signOut(db, request(), resolved);
    expect(answer).toMatchObject({ ok: true, value: { setCookie: `${SESSION_COOKIE}=; HttpOnly; Max-Age=0; Path=/; SameSite=Lax` } });
    expect(await resolveSession(db, token, now())).toBeNull();
    const events = (await eventsOf(db)).filter(({ type }) => type.startsWith('auth.'));
    expect(events.map(({ type }) => type)).toEqual(['auth.signedIn', 'auth.postSwitched', 'auth.signedOut']);
    expect(events.every(({ origin }) => origin === '10.0.0.1')).toBe(true);
  });

  it('follows the dates of posts at their instant', async () => {
    const { token } = await signedIn(db, 'street.zhaxi');
    const from = AT + MINUTE;
    await execute(db, setPosts, call(), { accountId: clerk, posts: [post('office')], from });
    expect((await resolveSession(db, token, now({ at: from - 1 })))?.actor.role).toBe('street');
    expect((await resolveSession(db, token, now({ at: from })))?.actor).toMatchObject({ role: 'office', unitId: OFFICE, areaPath: [] });
    await execute(db, setPosts, call(undefined, from), { accountId: clerk, posts: [], from: from + MINUTE });
    expect(await resolveSession(db, token, now({ at: from + MINUTE }))).toBeNull();
    expect(await attempt(db, 'street.zhaxi', PASSWORD, { at: from + MINUTE })).toMatchObject({ ok: false, refusal: { code: 'BAD_CREDENTIALS' } });
  });

  it('changing the password ends the other sessions', async () => {
    const here = await signedIn(db, 'street.zhaxi');
    const there = await signedIn(db, 'street.zhaxi');
    const resolved = (await resolveSession(db, here.token, now()))!;
    const change = (oldPassword: string, newPassword: string) => changePassword(db, request(), resolved, { oldPassword, newPassword });
    expect(await change(PASSWORD, 'weak')).toMatchObject({ ok: false, refusal: { code: 'VALIDATION', details: { problems: ['TOO_SHORT', 'TOO_FEW_KINDS'] } } });
    expect(await change(PASSWORD, PASSWORD)).toMatchObject({ ok: false, refusal: { details: { problems: ['SAME_AS_OLD'] } } });
    expect(await change('Not-the-old-1', 'Barley7-beer-cup')).toMatchObject({ ok: false, refusal: { code: 'BAD_CREDENTIALS' } });
    expect(await change(PASSWORD, 'Barley7-beer-cup')).toMatchObject({ ok: true });
    expect(await resolveSession(db, here.token, now())).not.toBeNull();
    expect(await resolveSession(db, there.token, now())).toBeNull();
    expect((await attempt(db, 'street.zhaxi', 'Barley7-beer-cup')).ok).toBe(true);
    expect((await attempt(db, 'street.zhaxi', PASSWORD)).ok).toBe(false);
  });

  it('holds a bounded number per account: the oldest end', async () => {
    await db.writer.run((tx) =>
      tx
        .updateTable('policy_setting')
        .set({ value: JSON.stringify({ idleMinutes: 720, absoluteMinutes: 10_080, touchMinutes: 5, perAccountMax: 2 }) })
        .where('key', '=', 'session')
        .execute(),
    );
    await db.caches.load([placeCache, ...identityCaches]);
    const tokens = [];
    for (const i of [1, 2, 3]) tokens.push((await signedIn(db, 'street.zhaxi', { wallNow: WALL + i })).token);
    const alive = [];
    for (const token of tokens) alive.push((await resolveSession(db, token, now({ wallNow: WALL + 6000 }))) !== null);
    expect(alive).toEqual([false, true, true]);
  });

  if (dialect === 'postgres')
    it('locks out in another process as soon as it sees the epoch', async () => {
      const other = openDatabase(db.target);
      try {
        await other.caches.load([placeCache, ...identityCaches]);
        const { token } = await signedIn(db, 'street.zhaxi');
        const there = await resolveSession(other, token, now());
        expect(there?.actor.userName).toBe('street.zhaxi');
        expect((await execute(db, disableAccount, call(), { accountId: clerk })).ok).toBe(true);
        expect(await resolveSession(db, token, now())).toBeNull();
        // What its worker does every 250 ms.
        await other.caches.refresh();
        expect(await resolveSession(other, token, now())).toBeNull();
      } finally {
        await other.close();
      }
    });
});
