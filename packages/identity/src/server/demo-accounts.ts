import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CommandCall, Database } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Id, newCommandId, RefusalError, type Role } from '@baxing/kernel';
import { createAccount } from './create-account.ts';

/** The demonstration's sign-in names: posts and work numbers, no persons. */
export interface DemoPost {
  readonly userName: string;
  readonly role: Role;
  readonly title: string;
  readonly workNumber: string;
  /** Full name in 单位名录. */
  readonly unit: string;
  /** Code of the place; `<code>/<n>` = the n-th grid of that community; null = no place. */
  readonly area: string | null;
  readonly actionCode: string | null;
}

/** In the order of the file; an account with several posts has several lines. */
export const DEMO_POSTS: readonly DemoPost[] = readFileSync(new URL('../../data/demo-accounts.csv', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => {
    const [userName = '', role, title = '', workNumber = '', unit = '', area, actionCode] = line.split(',');
    return { userName, role: role as Role, title, workNumber, unit, area: area || null, actionCode: actionCode || null };
  });

export const DEMO_USER_NAMES: readonly string[] = [...new Set(DEMO_POSTS.map(({ userName }) => userName))];

async function unitNamed(db: Database, name: string, at: number): Promise<Id<'unt'>> {
  const row = await db.read
    .selectFrom('unit')
    .select('id')
    .where('name', '=', name)
    .where('valid_from', '<=', at)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', at)]))
    .executeTakeFirst();
  if (!row) throw new Error(`the demonstration's unit ${name} is not in 单位名录`);
  return row.id as Id<'unt'>;
}

/** A community that is not cut into grids yet stands in for its grid. */
async function placeOf(db: Database, area: string, at: number): Promise<Id<'jur'>> {
  const [code = '', ordinal] = area.split('/');
  const place = await db.read
    .selectFrom('jurisdiction_code')
    .innerJoin('jurisdiction', 'jurisdiction.id', 'jurisdiction_code.jurisdiction_id')
    .select('jurisdiction.id')
    .where('jurisdiction_code.code', '=', code)
    .where('jurisdiction.layer', '=', 'territorial')
    .where('jurisdiction.valid_from', '<=', at)
    .where((eb) => eb.or([eb('jurisdiction.valid_to', 'is', null), eb('jurisdiction.valid_to', '>', at)]))
    .orderBy('jurisdiction_code.valid_from', 'desc')
    .executeTakeFirst();
  if (!place) throw new Error(`the demonstration's place ${code} is not in the tree`);
  if (ordinal === undefined) return place.id as Id<'jur'>;
  const grids = db.caches.get(placeCache).children(place.id, at);
  return (grids[Number(ordinal) - 1]?.id ?? place.id) as Id<'jur'>;
}

/**
 * Makes the accounts that do not exist yet, all with one password and without the duty to change it. Needs units and places loaded.
 * `call` is the system's; each account gets a command id of its own. Returns the names that were made.
 */
export async function seedDemoAccounts(db: Database, call: Omit<CommandCall, 'commandId'>, password: string): Promise<string[]> {
  const there = new Set((await db.read.selectFrom('account').select('user_name').where('user_name', 'in', [...DEMO_USER_NAMES]).execute()).map((row) => row.user_name));
  const missing = DEMO_USER_NAMES.filter((name) => !there.has(name));
  const make = async (userName: string): Promise<void> => {
    const posts = [];
    for (const { role, title, workNumber, unit, area, actionCode } of DEMO_POSTS.filter((post) => post.userName === userName))
      posts.push({ role, title, workNumber, unitId: await unitNamed(db, unit, call.at), areaId: area === null ? null : await placeOf(db, area, call.at), actionCode });
    const made = await createAccount(db, { ...call, commandId: newCommandId(Date.now(), randomFillSync) }, { userName, password, posts }, { mustChangePassword: false, anyPassword: true });
    if (!made.ok) throw new RefusalError(made.refusal.code, made.refusal.details);
  };
  await Promise.all(missing.map(make));
  return missing;
}
