/**
 * Signing in, out and switching posts against sending what an account has queued, across all tabs of the browser:
 * a change of the session waits for a sending that is on its way, and a sending checks who is signed in while it holds the lock.
 */
const NAME = 'baxing.session';

const withLock = <T>(mode: LockMode, work: () => Promise<T>): Promise<T> =>
  (typeof navigator !== 'undefined' && 'locks' in navigator ? navigator.locks.request(NAME, { mode }, work) : work()) as Promise<T>;

export const changingSession = <T>(work: () => Promise<T>): Promise<T> => withLock('exclusive', work);
export const asThisSession = <T>(work: () => Promise<T>): Promise<T> => withLock('shared', work);
