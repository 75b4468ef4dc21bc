import { toasts } from '@baxing/ui';
import { refusalOf } from '#lib/api.ts';
import { type ClientRefusal, refusalText } from '#lib/refusals.ts';

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: ClientRefusal };

/** Runs what a person asked for: the answer as a value, never thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    return { ok: false, refusal: refusalOf(thrown) };
  }
}

/** The same, and says so: `done` when it worked, the refusal in words when not. */
export async function act<T>(work: () => Promise<T>, done?: string): Promise<Outcome<T>> {
  const outcome = await attempt(work);
  if (!outcome.ok) toasts.fault(refusalText(outcome.refusal));
  else if (done) toasts.done(done);
  return outcome;
}
