import type { CommandCall, Database } from '@baxing/db';
import { execute } from '@baxing/db';
import { type Actor, type Id, newCommandId, type Role, SYSTEM_ACTOR } from '@baxing/kernel';
import { placeCache } from '@baxing/jurisdictions/server';
import { createAccount, DEMO_POSTS, identityCaches, seedPolicy, signIn } from '@baxing/identity/server';
import { randomFillSync } from 'node:crypto';

/** A register just large enough for the demonstration's posts, and shorthand for the verbs under test. */

export const AT = Date.UTC(2023, 10, 28, 1, 30);
export const WALL = Date.UTC(2026, 0, 5);
export const PASSWORD = 'Yak9-butter-tea';

const PLACES = [
  ['540100000000', 'city', '拉萨市', null],
  ['540102000000', 'district', '城关区', '540100000000'],
  ['540102005000', 'street', '扎细街道', '540102000000'],
  ['540102009000', 'street', '金珠西路街道', '540102000000'],
  ['540102005001', 'community', '扎细社区', '540102005000'],
  ['540102005002', 'community', '扎细新村社区', '540102005000'],
  ['540102005001g1', 'grid', '扎细社区第一网格', '540102005001'],
] as const;

export const placeId = (code: string): Id<'jur'> => `jur_${code}`;
export const unitId = (name: string): Id<'unt'> => `unt_${Buffer.from(name).toString('hex').slice(0, 48)}`;

export async function openCity(db: Database): Promise<void> {
  const dated = { valid_from: 0, valid_to: null };
  await db.writer.run(async (tx) => {
    await tx
      .insertInto('jurisdiction')
      .values(PLACES.map(([code, kind]) => ({ id: placeId(code), kind, layer: 'territorial' as const, synthetic: 1, version: 1, ...dated })))
      .execute();
    await tx
      .insertInto('jurisdiction_term')
      .values(PLACES.map(([code, , name, parent], ordinal) => ({ id: `jtm_${code}`, jurisdiction_id: placeId(code), name, parent_id: parent && placeId(parent), ordinal, ...dated })))
      .execute();
    await tx
      .insertInto('jurisdiction_code')
      .values(PLACES.map(([code]) => ({ id: `jcd_${code}`, jurisdiction_id: placeId(code), source: 'test', edition: '2023', code, ...dated })))
      .execute();
    await tx
      .insertInto('unit')
      .values([...new Set(DEMO_POSTS.map(({ unit }) => unit))].map((name, ordinal) => ({ id: unitId(name), name, short_name: name, kind: 'department', parent_id: null, note: '', ordinal, version: 1, ...dated })))
      .execute();
  });
  await db.caches.load([placeCache, ...identityCaches]);
  await execute(db, seedPolicy, call(), {});
}

export const call = (actor: Actor = SYSTEM_ACTOR, at = AT): CommandCall => ({ commandId: newCommandId(Date.now(), randomFillSync), actor, at, requestId: 'req', origin: 'test' });

export const OFFICE = unitId('拉萨市城乡环境综合大整治领导小组办公室');
export const STREET = unitId('扎细街道办事处');

export const post = (role: Role, over: Partial<{ unitId: Id<'unt'>; areaId: Id<'jur'> | null; actionCode: string | null; title: string; workNumber: string }> = {}) => ({
  role,
  title: '岗位',
  workNumber: 'T1',
  unitId: OFFICE,
  areaId: null,
  actionCode: null,
  ...over,
});

export async function account(db: Database, userName: string, ...posts: ReturnType<typeof post>[]): Promise<Id<'acc'>> {
  const made = await createAccount(db, call(), { userName, password: PASSWORD, posts }, { mustChangePassword: false });
  if (!made.ok) throw new Error(JSON.stringify(made.refusal));
  return made.value.accountId as Id<'acc'>;
}

export const request = (over: Partial<{ address: string; wallNow: number; at: number }> = {}) => ({ address: '10.0.0.1', wallNow: WALL, at: AT, requestId: 'req', secure: false, ...over });

export const attempt = (db: Database, userName: string, password = PASSWORD, over: Parameters<typeof request>[0] = {}) => signIn(db, { ...request(over), userName, password });

export async function signedIn(db: Database, userName: string, over: Parameters<typeof request>[0] = {}) {
  const answer = await attempt(db, userName, PASSWORD, over);
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  return answer.value;
}
