import { untrack } from 'svelte';
import { refusalOf } from '#lib/api.ts';
import { live } from '#lib/live.svelte.ts';
import type { ClientRefusal } from '#lib/refusals.ts';

export interface Resource<T> {
  /** The last answer; stays while a newer one is on its way. Null before the first. */
  readonly value: T | null;
  readonly loading: boolean;
  readonly refusal: ClientRefusal | null;
  reload(): Promise<void>;
}

/**
 * An answer of the API that follows what it was asked with: `fetch` runs again when state that it reads (before its first await) changes,
 * and when one of `subjects` is said to have changed. Call it while a component is being made.
 */
export function resource<T>(fetch: () => Promise<T>, subjects: readonly string[] = []): Resource<T> {
  let value = $state.raw<T | null>(null);
  let refusal = $state.raw<ClientRefusal | null>(null);
  let loading = $state(true);
  let round = 0;

  async function take(answer: Promise<T>): Promise<void> {
    round += 1;
    const mine = round;
    loading = true;
    try {
      const next = await answer;
      if (mine !== round) return;
      value = next;
      refusal = null;
    } catch (thrown) {
      if (mine === round) refusal = refusalOf(thrown);
    } finally {
      if (mine === round) loading = false;
    }
  }

  $effect(() => {
    const answer = fetch();
    untrack(() => void take(answer));
  });
  $effect(() => (subjects.length > 0 ? live.on(subjects, () => void take(untrack(fetch))) : undefined));

  return {
    get value() {
      return value;
    },
    get loading() {
      return loading;
    },
    get refusal() {
      return refusal;
    },
    reload: () => take(untrack(fetch)),
  };
}
