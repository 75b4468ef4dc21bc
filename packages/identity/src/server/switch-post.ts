import { type Database, execute } from '@baxing/db';
import { ok, refuse, type Result } from '@baxing/kernel';
import { authCall, type AuthRequest, NOBODY } from './auth-calls.ts';
import { me, type Me } from './me.ts';
import { moveSessionToPost, resolveSession, type ResolvedSession, sessionsCache } from './sessions.ts';

/** This session goes on in another post of the same account. @refuses NOT_FOUND not a post that the account holds now · UNAUTHENTICATED the session has ended meanwhile */
export async function switchPost(db: Database, request: AuthRequest, resolved: ResolvedSession, input: { postId: string }): Promise<Result<Me>> {
  if (!resolved.posts.some((post) => post.postId === input.postId)) return refuse('NOT_FOUND', { postId: input.postId });
  const done = await execute(
    db,
    {
      name: 'auth.switchPost',
      run: async (ctx) => {
        await moveSessionToPost(ctx.tx, resolved.token, input.postId);
        ctx.invalidate(sessionsCache);
        ctx.record({ type: 'auth.postSwitched', subject: 'account', subjectId: resolved.actor.accountId, scope: NOBODY, data: { from: resolved.post.postId, to: input.postId } });
        return ok(null);
      },
    },
    authCall(request, resolved.actor),
    input,
  );
  if (!done.ok) return done;
  const now = await resolveSession(db, resolved.token, request);
  return now ? ok(me(db, now, request.at)) : refuse('UNAUTHENTICATED');
}
