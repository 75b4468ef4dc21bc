import { clock } from '#lib/clock.svelte.ts';
import { refusalOf } from '#lib/api.ts';
import type { ClientRefusal } from '#lib/refusals.ts';
import { session } from '#lib/session.svelte.ts';
import { kept } from './kept.ts';
import { keyOf } from './keys.ts';

/** Reading with a copy on the phone: the copy first, then the server's answer, which becomes the copy. */
export interface Reading<T> {
  readonly value: T;
  /** Server time, epoch ms. */
  readonly savedAt: number;
  /** From the server just now; false = the copy. */
  readonly fresh: boolean;
}

const keyFor = (what: string): string => keyOf(session.user.accountId, session.user.post.postId, what);

export async function recall<T>(what: string): Promise<Reading<T> | null> {
  try {
    const copy = await (await kept()).copies.get(keyFor(what));
    return copy ? { value: copy.value as T, savedAt: copy.savedAt, fresh: false } : null;
  } catch {
    // A browser that keeps nothing (private window): the network alone then.
    return null;
  }
}

async function remember(what: string, value: unknown): Promise<void> {
  try {
    await (await kept()).keepCopy({ key: keyFor(what), accountId: session.user.accountId, value, savedAt: clock.exact() });
  } catch {
    // As above.
  }
}

export async function readNow<T>(what: string, ask: () => Promise<T>): Promise<{ readonly ok: true; readonly reading: Reading<T> } | { readonly ok: false; readonly refusal: ClientRefusal }> {
  try {
    const value = await ask();
    void remember(what, value);
    return { ok: true, reading: { value, savedAt: clock.exact(), fresh: true } };
  } catch (thrown) {
    return { ok: false, refusal: refusalOf(thrown) };
  }
}
