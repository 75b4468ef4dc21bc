import { resolveSession } from '@baxing/identity/server';
import { tracked } from '@trpc/server';
import { z } from 'zod';
import { changes } from '../live.ts';
import { permitted, router } from '../trpc.ts';

const LAST_ID = /^\d{1,15}$/;

export const live = router({
  /** Server-sent events: what changed within the reader's sight. `reload`: too much was missed, ask for everything again. */
  changes: permitted.input(z.object({ lastEventId: z.string().regex(LAST_ID).nullish() }).optional()).subscription(async function* ({ ctx, input, signal }) {
    const { services, session } = ctx;
    const after = input?.lastEventId ? Number(input.lastEventId) : null;
    yield tracked(String(after ?? services.tail.position()), { kind: 'hello' as const, position: services.tail.position() });
    const stillSignedIn = async (): Promise<boolean> => {
      const now = await resolveSession(services.db, session.token, { wallNow: services.wallNow(), at: services.now() });
      return now?.actor.postId === session.actor.postId;
    };
    for await (const change of changes(services, session.actor, after, signal ?? new AbortController().signal, stillSignedIn)) {
      if (change) yield tracked(String(change.id), { kind: 'change' as const, ...change });
      else yield tracked(String(services.tail.position()), { kind: 'reload' as const });
    }
  }),
});
