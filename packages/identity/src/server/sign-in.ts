import { type Database, execute } from '@baxing/db';
import { ok, refuse, RefusalError, type Result } from '@baxing/kernel';
import { authCall, type AuthRequest, NOBODY } from './auth-calls.ts';
import { checkPassword } from './check-password.ts';
import { me, type Me } from './me.ts';
import { settingsOf } from './policy.ts';
import { actorIn, postsOf, validAt } from './posts.ts';
import { newSessionToken, openSession, resolveSession, sessionCookie } from './sessions.ts';
import { forgetFailures, inTurn, throttleKeys } from './throttle.ts';
import { tidyHourly } from './tidy.ts';

export interface SignInRequest extends AuthRequest {
  readonly userName: string;
  readonly password: string;
  /** The request came over TLS. */
  readonly secure: boolean;
}

export interface SignedIn {
  /** The session's secret; for `Authorization`-less clients of tests and the command line. */
  readonly token: string;
  readonly setCookie: string;
  readonly mustChangePassword: boolean;
  readonly me: Me;
}

/**
 * @refuses BAD_CREDENTIALS unknown name, wrong password, disabled, or without a post: not told apart
 * @refuses TOO_MANY_ATTEMPTS {retryAfterSeconds} · UNAVAILABLE too many sign-ins are waiting
 */
export async function signIn(db: Database, request: SignInRequest): Promise<Result<SignedIn>> {
  const userName = request.userName.normalize('NFKC').trim().toLowerCase();
  try {
    return await inTurn(db, userName, async () => {
      const checked = await checkPassword(db, request, userName, request.password, async ({ id, disabled_at }) => disabled_at === null && (await postsOf(db, id, request.at)).some(validAt(request.at)));
      return checked.ok ? await open(db, request, checked.value) : checked;
    });
  } catch (fault) {
    if (fault instanceof RefusalError) return { ok: false, refusal: fault.refusal };
    throw fault;
  }
}

async function open(db: Database, request: SignInRequest, account: { id: string; user_name: string; password_hash: string }): Promise<Result<SignedIn>> {
  const settings = settingsOf(db);
  const post = (await postsOf(db, account.id, request.at)).find(validAt(request.at));
  if (!post) return refuse('BAD_CREDENTIALS');
  const token = newSessionToken();
  const opened = await execute(
    db,
    {
      name: 'auth.signIn',
      run: async (ctx) => {
        // Between the check and this transaction an administrator may have acted.
        const still = await ctx.tx.selectFrom('account').select('id').where('id', '=', account.id).where('password_hash', '=', account.password_hash).where('disabled_at', 'is', null).executeTakeFirst();
        if (!still) return refuse('BAD_CREDENTIALS');
        await openSession(ctx.tx, settings, request.wallNow, { token, accountId: account.id, postId: post.postId, address: request.address });
        await forgetFailures(ctx.tx, throttleKeys(account.user_name, request.address).name);
        ctx.record({ type: 'auth.signedIn', subject: 'account', subjectId: account.id, scope: NOBODY, data: { userName: account.user_name, postId: post.postId } });
        return ok(null);
      },
    },
    authCall(request, actorIn(db, { id: account.id, userName: account.user_name }, post, request.at)),
    {},
  );
  if (!opened.ok) return opened;
  await tidyHourly(db, request.wallNow);
  const resolved = await resolveSession(db, token, request);
  if (!resolved) return refuse('BAD_CREDENTIALS');
  return ok({ token, setCookie: sessionCookie(settings, token, request.secure), mustChangePassword: resolved.mustChangePassword, me: me(db, resolved, request.at) });
}
