import type { Me } from '#lib/session.svelte.ts';

/** Who was signed in here last, so that the phone's pages open without network. Names and verbs only; no key to anything: the server asks for the session. */
const KEY = 'baxing.me';
const KEPT_MS = 7 * 86_400_000;

interface Remembered {
  readonly me: Me;
  /** The device's clock when the server spoke. */
  readonly at: number;
}

export function remember(me: Me): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ me, at: Date.now() } satisfies Remembered));
  } catch {
    // Private windows may refuse: such a phone needs the network to open.
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}

/** With the server's time moved on by what the device's clock has passed. */
export function recall(): Me | null {
  try {
    const { me, at } = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Remembered;
    const passed = Date.now() - at;
    return passed >= 0 && passed < KEPT_MS ? { ...me, now: me.now + passed } : null;
  } catch {
    return null;
  }
}
