import { createHash } from 'node:crypto';
import { type Database, execute } from '@baxing/db';
import { ok, refuse, type Result, SYSTEM_ACTOR } from '@baxing/kernel';
import { authCall, type AuthRequest, NOBODY } from './auth-calls.ts';
import { verifyPassword } from './hashing.ts';
import { settingsOf } from './policy.ts';
import { countFailure, secondsBlocked, throttleKeys } from './throttle.ts';

export interface KnownAccount {
  readonly id: string;
  readonly user_name: string;
  readonly password_hash: string;
}

/** Long enough to tell two typos apart, too short to test a guess: people type passwords into the name field. */
const fingerprint = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 6);

/**
 * The password of one account, throttled by name and address. A name that does not exist, a disabled account, an account without a post
 * (`admits` says no) and a wrong password take the same work and get the same answer. Call it `inTurn` of the name.
 * @refuses TOO_MANY_ATTEMPTS {retryAfterSeconds} · BAD_CREDENTIALS
 */
export async function checkPassword(db: Database, request: AuthRequest, userName: string, password: string, admits: (account: KnownAccount & { disabled_at: number | null }) => Promise<boolean>): Promise<Result<KnownAccount>> {
  const settings = settingsOf(db);
  const keys = throttleKeys(userName, request.address);
  const retryAfterSeconds = await secondsBlocked(db.read, settings, keys, request.wallNow);
  if (retryAfterSeconds !== null) return refuse('TOO_MANY_ATTEMPTS', { retryAfterSeconds });
  const account = await db.read.selectFrom('account').select(['id', 'user_name', 'password_hash', 'disabled_at']).where('user_name', '=', userName).executeTakeFirst();
  const right = await verifyPassword(account?.password_hash ?? null, password);
  if (account && right && (await admits(account))) return ok(account);
  await execute(
    db,
    {
      name: 'auth.signInFailed',
      run: async (ctx) => {
        const failures = await countFailure(ctx.tx, settings, keys, request.wallNow);
        ctx.record({
          type: 'auth.signInFailed',
          subject: 'account',
          subjectId: account?.id ?? 'acc_unknown',
          scope: NOBODY,
          data: { ...(account ? { userName } : { unknownName: fingerprint(userName) }), failures, blocked: failures >= settings.throttle.nameFailuresMax },
        });
        return ok(null);
      },
    },
    authCall(request, SYSTEM_ACTOR),
    {},
  );
  return refuse('BAD_CREDENTIALS');
}
