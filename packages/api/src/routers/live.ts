import { resolveSession } from '@baxing/identity/server';
import { tracked } from '@trpc/server';
import { z } from 'zod';
import { changes } from '../live.ts';
import { RefusalError } from '@baxing/kernel';
import { permitted, refusalToError, router } from '../trpc.ts';

const LAST_ID = /^\d{1,15}$/;

/** Streams open in this process, by session. */
const streams = new Map<string, number>();
const STREAMS_PER_SESSION_MAX = 12;
const STREAMS_MAX = 4000;
let open = 0;

function take(token: string): void {
  const own = streams.get(token) ?? 0;
  if (own >= STREAMS_PER_SESSION_MAX) throw refusalToError(new RefusalError('LIMIT_EXCEEDED', { limit: STREAMS_PER_SESSION_MAX, unit: 'streams' }));
  if (open >= STREAMS_MAX) throw refusalToError(new RefusalError('UNAVAILABLE', { queue: 'streams' }));
  streams.set(token, own + 1);
  open += 1;
}

function release(token: string): void {
  const own = (streams.get(token) ?? 1) - 1;
  if (own === 0) streams.delete(token);
  else streams.set(token, own);
  open -= 1;
}

export const live = router({
  /** Server-sent events: what changed within the reader's sight. `reload`: too much was missed, ask for everything again. */
  changes: permitted.input(z.object({ lastEventId: z.string().regex(LAST_ID).nullish() }).optional()).subscription(async function* ({ ctx, input, signal }) {
    const { services, session } = ctx;
    take(session.token);
    try {
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
    } finally {
      release(session.token);
    }
  }),
});
