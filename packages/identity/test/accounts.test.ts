import { type Database, execute } from '@baxing/db';
import { type Actor, newCommandId, RefusalError } from '@baxing/kernel';
import { randomFillSync } from 'node:crypto';
import { changePassword, createAccount, DEMO_USER_NAMES, disableAccount, enableAccount, listAccounts, listPolicy, listPosts, resetPassword, resolveSession, seedDemoAccounts, seedPolicy, setPosts } from '@baxing/identity/server';
import { describeEachDialect } from '@baxing/testing';
import { beforeEach, expect, it } from 'vitest';
import { account, AT, attempt, call, OFFICE, openCity, PASSWORD, placeId, post, request, signedIn, STREET, unitId, WALL } from './city.ts';

const now = { wallNow: WALL, at: AT };

describeEachDialect('accounts and posts', (open) => {
  let db: Database;
  let admin: Actor;
  beforeEach(async () => {
    db = await open();
    await openCity(db);
    await account(db, 'admin', post('system_admin'));
    admin = (await resolveSession(db, (await signedIn(db, 'admin')).token, now))!.actor;
  });

  it('makes an account whose first sign-in must change the password', async () => {
    const made = await createAccount(db, call(admin), { userName: 'leader', posts: [post('leader')] });
    if (!made.ok) throw new Error(made.refusal.code);
    expect(await attempt(db, 'leader', made.value.generatedPassword!)).toMatchObject({ ok: true, value: { mustChangePassword: true, me: { post: { role: 'leader' } } } });
    const kept = JSON.stringify([await db.read.selectFrom('event').selectAll().execute(), await db.read.selectFrom('receipt').selectAll().execute()]);
    expect(kept).not.toContain(made.value.generatedPassword);
    expect(kept).not.toContain('argon2');
  });

  it('answers a repeated call without a password that is not the one', async () => {
    const same = { ...call(admin), commandId: newCommandId(WALL, randomFillSync) };
    const input = { userName: 'leader', posts: [post('leader')] };
    const first = await createAccount(db, same, input);
    const again = await createAccount(db, same, input);
    if (!first.ok || !again.ok) throw new Error('refused');
    expect(again.value).toEqual({ accountId: first.value.accountId, generatedPassword: null });
    expect(await createAccount(db, same, { ...input, userName: 'leader2' })).toMatchObject({ refusal: { code: 'COMMAND_ID_REUSED' } });
  });

  it.each<[string, object, object]>([
    ['a weak password', { userName: 'x1', password: 'Leader', posts: [post('leader')] }, { code: 'VALIDATION', details: { field: 'password' } }],
    ['a name that is taken', { userName: 'admin', posts: [post('leader')] }, { code: 'ALREADY_EXISTS' }],
    ['an unknown unit', { userName: 'x1', posts: [post('leader', { unitId: 'unt_nowhere' })] }, { code: 'VALIDATION', details: { field: 'posts.0.unitId' } }],
    ['an unknown place', { userName: 'x1', posts: [post('street', { areaId: 'jur_nowhere' })] }, { code: 'VALIDATION', details: { field: 'posts.0.areaId' } }],
    ['a task force without action', { userName: 'x1', posts: [post('task_force')] }, { code: 'VALIDATION', details: { field: 'posts.0.actionCode' } }],
    ['an action without task force', { userName: 'x1', posts: [post('street', { actionCode: 'traffic' })] }, { code: 'VALIDATION', details: { problem: 'not_for_role' } }],
    ['the same post twice', { userName: 'x1', posts: [post('leader'), post('leader')] }, { code: 'VALIDATION', details: { problem: 'repeated' } }],
    ['administration with business', { userName: 'x1', posts: [post('system_admin'), post('office')] }, { code: 'SEPARATION' }],
    ['an audit account from the system administrator', { userName: 'x1', posts: [post('audit_admin')] }, { code: 'SEPARATION' }],
  ])('refuses %s', async (_, input, refusal) => {
    expect(await createAccount(db, call(admin), input as Parameters<typeof createAccount>[2])).toMatchObject({ ok: false, refusal });
    expect(await db.read.selectFrom('account').selectAll().where('user_name', '=', 'x1').execute()).toEqual([]);
  });

  it('refuses everyone but the system administrator, and him on himself, on security and on audit', async () => {
    const audit = await account(db, 'audit', post('audit_admin'));
    const clerk = await account(db, 'office', post('office'));
    const auditor = (await resolveSession(db, (await signedIn(db, 'audit')).token, now))!.actor;
    expect(await createAccount(db, call(auditor), { userName: 'x1', posts: [post('office')] })).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
    expect(await execute(db, disableAccount, call(auditor), { accountId: clerk })).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
    expect(await execute(db, disableAccount, call(admin), { accountId: admin.accountId })).toMatchObject({ refusal: { code: 'SEPARATION', details: { rule: 'own_account' } } });
    expect(await execute(db, disableAccount, call(admin), { accountId: audit })).toMatchObject({ refusal: { code: 'SEPARATION' } });
    expect(await resetPassword(db, call(admin), { accountId: audit })).toMatchObject({ refusal: { code: 'SEPARATION' } });
    expect(await execute(db, setPosts, call(admin), { accountId: audit, posts: [] })).toMatchObject({ refusal: { code: 'SEPARATION' } });
    expect(await execute(db, disableAccount, call(admin), { accountId: 'acc_nobody' })).toMatchObject({ refusal: { code: 'NOT_FOUND' } });
  });

  it('disabling ends the sessions, enabling does not bring them back', async () => {
    const clerk = await account(db, 'office', post('office'));
    const { token } = await signedIn(db, 'office');
    expect(await resolveSession(db, token, now)).not.toBeNull();
    expect((await execute(db, disableAccount, call(admin), { accountId: clerk })).ok).toBe(true);
    expect(await resolveSession(db, token, now)).toBeNull();
    expect(await execute(db, disableAccount, call(admin), { accountId: clerk })).toMatchObject({ refusal: { code: 'WRONG_STATE' } });
    expect((await execute(db, enableAccount, call(admin), { accountId: clerk })).ok).toBe(true);
    expect(await resolveSession(db, token, now)).toBeNull();
    expect((await attempt(db, 'office')).ok).toBe(true);
  });

  it('a new password ends the sessions', async () => {
    const clerk = await account(db, 'office', post('office'));
    const { token } = await signedIn(db, 'office');
    expect(await resetPassword(db, call(admin), { accountId: clerk, password: 'office' })).toMatchObject({ refusal: { code: 'VALIDATION' } });
    expect(await resetPassword(db, call(admin), { accountId: clerk, password: 'Barley7-beer-cup' })).toEqual({ ok: true, value: { generatedPassword: null } });
    expect(await resolveSession(db, token, now)).toBeNull();
    const again = await attempt(db, 'office', 'Barley7-beer-cup');
    if (!again.ok) throw new Error(again.refusal.code);
    const session = (await resolveSession(db, again.value.token, now))!;
    expect(session.mustChangePassword).toBe(true);
    expect(await changePassword(db, request(), session, { oldPassword: 'Barley7-beer-cup', newPassword: PASSWORD })).toEqual({ ok: true, value: null });
    expect((await resolveSession(db, again.value.token, now))?.mustChangePassword).toBe(false);
  });

  it('sets posts from an instant on, keeps the id of those that go on, deletes none', async () => {
    const clerk = await account(db, 'office', post('office'), post('supervisor'));
    const rows = () => db.read.selectFrom('post').selectAll().where('account_id', '=', clerk).orderBy('valid_from').orderBy('ordinal').execute();
    const [office, supervisor] = await rows();
    const from = AT + 1000;
    const set = await execute(db, setPosts, call(admin), { accountId: clerk, posts: [post('leader'), post('office', { title: '新岗位' })], from });
    expect(set).toMatchObject({ ok: true, value: { ended: [supervisor!.id] } });
    const after = await rows();
    expect(after.find(({ id }) => id === office!.id)).toMatchObject({ title: '新岗位', ordinal: 1, valid_from: AT, valid_to: null });
    expect(after.find(({ id }) => id === supervisor!.id)).toMatchObject({ valid_to: from });
    expect(after.find(({ role }) => role === 'leader')).toMatchObject({ ordinal: 0, valid_from: from, valid_to: null });
    expect(await execute(db, setPosts, call(admin), { accountId: clerk, posts: [], from: AT - 1 })).toMatchObject({ refusal: { code: 'VALIDATION' } });
    expect(await execute(db, setPosts, call(admin), { accountId: clerk, posts: [post('system_admin'), post('office')] })).toMatchObject({ refusal: { code: 'SEPARATION' } });
  });

  it('makes the demonstration accounts once, each in its unit and place', async () => {
    const { commandId: _, ...system } = call();
    await seedDemoAccounts(db, system, 'demo');
    expect(await seedDemoAccounts(db, system, 'demo')).toEqual([]);
    for (const name of ['street.jinzhuxi', 'taskforce.safety', 'grid.zhaxi.1']) expect(await attempt(db, name, 'demo')).toMatchObject({ ok: true, value: { mustChangePassword: false } });
    const street = await attempt(db, 'street.jinzhuxi', 'demo');
    expect(street.ok && street.value.me.posts.map(({ role }) => role)).toEqual(['street', 'verifier']);
    const grid = await attempt(db, 'grid.zhaxi.1', 'demo');
    expect(grid.ok && grid.value.me.post).toMatchObject({ unitName: '扎细街道办事处', areaName: '扎细社区第一网格' });
    const beyond = await attempt(db, 'grid.zhaxi.2', 'demo');
    expect(beyond.ok && beyond.value.me.post.areaName).toBe('扎细社区');
    const safety = await attempt(db, 'taskforce.safety', 'demo');
    expect(safety.ok && safety.value.me.post).toMatchObject({ actionCode: 'safety', unitName: '安全生产整治行动专班' });
  });

  it('lists posts as far as the role reaches', async () => {
    const { commandId: _, ...system } = call();
    await seedDemoAccounts(db, system, 'demo');
    const seen = async (name: string, filter: object = {}): Promise<string[]> => {
      const answer = await attempt(db, name, 'demo');
      if (!answer.ok) throw new Error(name);
      const { actor } = (await resolveSession(db, answer.value.token, now))!;
      return (await listPosts(db, actor, { limit: 500, ...filter }, AT)).rows.map(({ workNumber }) => workNumber).sort();
    };
    expect(await seen('street.zhaxi')).toEqual(['HC0501', 'JD0005', 'PCS005', 'PCS051', 'WG0501', 'WG0502', 'WG0503', 'WG0504', 'WG0505', 'WG0506']);
    expect(await seen('station.zhaxi')).toEqual(['PCS005', 'PCS051']);
    expect(await seen('grid.zhaxi.1')).toEqual(['WG0501']);
    expect(await seen('office', { unitId: STREET, role: 'grid_worker' })).toHaveLength(6);
    expect(await seen('office', { areaId: placeId('540102005002') })).toEqual(['WG0505', 'WG0506']);
    expect(await seen('office', { unitId: unitId('市城市管理局') })).toEqual(['CG0001', 'PQ0001', 'SL0001']);
  });

  it('lists accounts page by page for administrators only', async () => {
    const { commandId: _, ...system } = call();
    const names = ['admin', ...(await seedDemoAccounts(db, system, 'demo'))].sort();
    expect(names).toEqual([...DEMO_USER_NAMES].sort());
    const found: string[] = [];
    for (let after: string | undefined, pages = 0; pages < 20; pages += 1) {
      const page = await listAccounts(db, admin, { limit: 7, ...(after === undefined ? {} : { after }) }, AT);
      found.push(...page.rows.map(({ userName }) => userName));
      if (page.next === null) break;
      after = page.next;
    }
    expect(found).toEqual(names);
    const zhaxi = await listAccounts(db, admin, { text: 'GRID.zhaxi', limit: 50 }, AT);
    expect(zhaxi.rows.map(({ posts }) => posts[0]?.unitId)).toEqual(Array.from({ length: 6 }, () => STREET));
    const clerk: Actor = { ...admin, role: 'office', unitId: OFFICE };
    await expect(listAccounts(db, clerk, { limit: 1 }, AT)).rejects.toThrow(RefusalError);
    expect(() => listPolicy(db, admin)).toThrow('FORBIDDEN');
    expect(listPolicy(db, { ...admin, role: 'security_admin' }).rules.length).toBeGreaterThan(500);
  });

  it('seeds what is missing and leaves what an administrator changed', async () => {
    await db.writer.run((tx) => tx.updateTable('policy').set({ scope: 'none' }).where('role', '=', 'leader').where('verb', '=', 'tickets.get').execute());
    await db.writer.run((tx) => tx.deleteFrom('policy').where('role', '=', 'leader').where('verb', '=', 'tickets.list').execute());
    expect(await execute(db, seedPolicy, call(), {})).toEqual({ ok: true, value: { rules: 1, settings: 0 } });
    expect(await execute(db, seedPolicy, call(), {})).toEqual({ ok: true, value: { rules: 0, settings: 0 } });
    const rules = listPolicy(db, { ...admin, role: 'security_admin' }).rules.filter(({ role, verb }) => role === 'leader' && verb.startsWith('tickets.'));
    expect(rules.map(({ verb }) => verb)).not.toContain('tickets.get');
    expect(await execute(db, seedPolicy, call(admin), {})).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
  });

  it('a sign-in clears away what ran out, once an hour', async () => {
    const counts = async () => [(await db.read.selectFrom('session').select('id').execute()).length, (await db.read.selectFrom('throttle').select('key').execute()).length];
    await attempt(db, 'nobody', 'Wrong-tea-99');
    expect(await counts()).toEqual([1, 2]);
    await signedIn(db, 'admin', { wallNow: WALL + 13 * 3_600_000 });
    expect(await counts()).toEqual([1, 2]);
    await signedIn(db, 'admin', { wallNow: WALL + 26 * 3_600_000 });
    expect(await counts()).toEqual([1, 0]);
  });
});
