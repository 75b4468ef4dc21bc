import type { Database } from '@baxing/db';
import { HOUR_MS } from '@baxing/kernel';
import { removeExpiredSessions } from './sessions.ts';
import { removeOldFailures } from './throttle.ts';

const tidied = new WeakMap<Database, number>();

/** Removes what has run out, at most once an hour per process; a sign-in calls it, so nothing else has to remember. */
export async function tidyHourly(db: Database, wallNow: number): Promise<void> {
  if (wallNow - (tidied.get(db) ?? -Infinity) < HOUR_MS) return;
  tidied.set(db, wallNow);
  await removeExpiredSessions(db, wallNow);
  await db.writer.run((tx) => removeOldFailures(tx, wallNow));
}
