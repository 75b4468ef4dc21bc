import { createHash } from 'node:crypto';
import type { Database, Reader, Tx } from '@baxing/db';
import { DAY_MS, RefusalError } from '@baxing/kernel';
import type { PolicySettings } from '../settings.ts';

/**
 * Failed sign-ins, counted in rows that all processes share. A name is counted whether it exists or not, so the answer tells nothing.
 * A window begins with its first failure and is not prolonged by further tries.
 */
export interface ThrottleKeys {
  readonly name: string;
  readonly address: string;
}

export const throttleKeys = (userName: string, address: string): ThrottleKeys => ({
  name: `name:${createHash('sha256').update(userName).digest('base64url')}`,
  address: `address:${address.slice(0, 64)}`,
});

const limitsOf = ({ throttle }: PolicySettings) => ({
  name: { max: throttle.nameFailuresMax, windowMs: throttle.nameWindowMinutes * 60_000 },
  address: { max: throttle.addressFailuresPerMinuteMax, windowMs: 60_000 },
});

/** Seconds until another try is taken; null = now. */
export async function secondsBlocked(reader: Reader, settings: PolicySettings, keys: ThrottleKeys, wallNow: number): Promise<number | null> {
  const limits = limitsOf(settings);
  const rows = await reader.selectFrom('throttle').selectAll().where('key', 'in', [keys.name, keys.address]).execute();
  const waits = rows.map((row) => {
    const limit = row.key === keys.name ? limits.name : limits.address;
    return row.failures >= limit.max ? row.window_start + limit.windowMs - wallNow : 0;
  });
  const wait = Math.max(0, ...waits);
  return wait > 0 ? Math.ceil(wait / 1000) : null;
}

/** Counts one failure for the name and the address; returns the name's count. */
export async function countFailure(tx: Tx, settings: PolicySettings, keys: ThrottleKeys, wallNow: number): Promise<number> {
  const limits = limitsOf(settings);
  const count = async (key: string, windowMs: number): Promise<number> => {
    const over = wallNow - windowMs;
    const row = await tx
      .insertInto('throttle')
      .values({ key, window_start: wallNow, failures: 1 })
      .onConflict((c) =>
        c.column('key').doUpdateSet((eb) => ({
          failures: eb.case().when('throttle.window_start', '<=', over).then(1).else(eb('throttle.failures', '+', 1)).end(),
          window_start: eb.case().when('throttle.window_start', '<=', over).then(wallNow).else(eb.ref('throttle.window_start')).end(),
        })),
      )
      .returning('failures')
      .executeTakeFirstOrThrow();
    return row.failures;
  };
  const failures = await count(keys.name, limits.name.windowMs);
  await count(keys.address, limits.address.windowMs);
  return failures;
}

export async function forgetFailures(tx: Tx, nameKey: string): Promise<void> {
  await tx.deleteFrom('throttle').where('key', '=', nameKey).execute();
}

/** A window may be a day long; older rows block nobody. */
export async function removeOldFailures(tx: Tx, wallNow: number): Promise<void> {
  await tx.deleteFrom('throttle').where('window_start', '<=', wallNow - DAY_MS).execute();
}

const turns = new WeakMap<Database, Map<string, { tail: Promise<unknown>; waiting: number }>>();
const WAITING_PER_NAME_MAX = 64;

/**
 * Tries for one name run one after another in this process: a burst of wrong ones cannot pass before the first is counted,
 * and a burst of right ones is not refused. @throws RefusalError UNAVAILABLE
 */
export async function inTurn<T>(db: Database, name: string, work: () => Promise<T>): Promise<T> {
  const names = turns.get(db) ?? new Map<string, { tail: Promise<unknown>; waiting: number }>();
  turns.set(db, names);
  const turn = names.get(name) ?? { tail: Promise.resolve(), waiting: 0 };
  if (turn.waiting >= WAITING_PER_NAME_MAX) throw new RefusalError('UNAVAILABLE', { queue: 'sign-in', retryAfterSeconds: 5 });
  turn.waiting += 1;
  names.set(name, turn);
  const mine = turn.tail.then(work);
  turn.tail = mine.catch(() => {});
  try {
    return await mine;
  } finally {
    turn.waiting -= 1;
    if (turn.waiting === 0) names.delete(name);
  }
}
