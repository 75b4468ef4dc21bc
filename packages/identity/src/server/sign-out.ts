import { type Database, execute } from '@baxing/db';
import { ok, type Result } from '@baxing/kernel';
import { authCall, type AuthRequest, NOBODY } from './auth-calls.ts';
import { settingsOf } from './policy.ts';
import { blankSessionCookie, closeSession, type ResolvedSession, sessionsCache } from './sessions.ts';

/** Ends this session everywhere. */
export async function signOut(db: Database, request: AuthRequest & { readonly secure: boolean }, resolved: ResolvedSession): Promise<Result<{ setCookie: string }>> {
  const settings = settingsOf(db);
  const done = await execute(
    db,
    {
      name: 'auth.signOut',
      run: async (ctx) => {
        await closeSession(ctx.tx, settings, resolved.token);
        ctx.invalidate(sessionsCache);
        ctx.record({ type: 'auth.signedOut', subject: 'account', subjectId: resolved.actor.accountId, scope: NOBODY, data: { userName: resolved.actor.userName } });
        return ok(null);
      },
    },
    authCall(request, resolved.actor),
    {},
  );
  return done.ok ? ok({ setCookie: blankSessionCookie(settings, request.secure) }) : done;
}
