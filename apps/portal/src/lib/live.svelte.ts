import { api, refusalOf } from '#lib/api.ts';

/**
 * One stream of changes per tab, shared by every page. A page says which subjects it shows and is told when one of them has changed;
 * it then asks for the data as itself. Reconnects by itself and catches up from the last message it saw.
 */
export interface Change {
  readonly type: string;
  readonly subject: string;
  readonly subjectId: string;
}

/** `null`: too much was missed, ask for everything again. */
type Listener = (changes: readonly Change[] | null) => void;

const GATHER_MS = 150;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000] as const;

const listeners = new Set<{ subjects: ReadonlySet<string>; tell: Listener }>();
let pending: Change[] = [];
let reload = false;
let gather: ReturnType<typeof setTimeout> | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
let lastEventId: string | undefined;
let subscription: { unsubscribe(): void } | null = null;

const state = $state<{ connection: 'off' | 'connecting' | 'live' | 'lost' }>({ connection: 'off' });

function deliver(): void {
  gather = undefined;
  const [changes, all] = [pending, reload];
  pending = [];
  reload = false;
  for (const { subjects, tell } of [...listeners]) {
    if (all) tell(null);
    else {
      const mine = changes.filter((change) => subjects.has(change.subject));
      if (mine.length > 0) tell(mine);
    }
  }
}

function soon(): void {
  gather ??= setTimeout(deliver, GATHER_MS);
}

function connect(): void {
  if (subscription) return;
  state.connection = 'connecting';
  subscription = api.live.changes.subscribe(lastEventId === undefined ? {} : { lastEventId }, {
    onStarted() {
      failures = 0;
      state.connection = 'live';
    },
    onConnectionStateChange(change) {
      if (change.state === 'connecting' && change.error) state.connection = 'lost';
      else if (change.state === 'pending') state.connection = 'live';
    },
    onData(message) {
      lastEventId = message.id;
      const { data } = message;
      if (data.kind === 'reload') reload = true;
      else if (data.kind === 'change') pending.push(data);
      else return;
      soon();
    },
    onError(error) {
      subscription = null;
      state.connection = 'lost';
      // Signed out elsewhere: the next answer of the API says so to the page.
      if (refusalOf(error).code === 'UNAUTHENTICATED') return;
      again();
    },
    onComplete() {
      subscription = null;
      if (listeners.size > 0) again();
    },
  });
}

function again(): void {
  clearTimeout(retry);
  retry = setTimeout(connect, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
  failures += 1;
}

if (typeof window !== 'undefined') {
  window.addEventListener('online', () => {
    if (listeners.size > 0 && !subscription) connect();
  });
}

export const live = {
  get connection(): (typeof state)['connection'] {
    return state.connection;
  },
  /** Tells `tell` about changes of these subjects (`ticket`, `assignment`, `task`, `campaign` …) until the returned function is called: `$effect(() => live.on(…))`. */
  on(subjects: readonly string[], tell: Listener): () => void {
    const entry = { subjects: new Set(subjects), tell };
    listeners.add(entry);
    connect();
    return () => listeners.delete(entry);
  },
  /** After signing out or changing the post: what was heard as someone else is forgotten. */
  stop(): void {
    clearTimeout(retry);
    clearTimeout(gather);
    gather = undefined;
    pending = [];
    reload = false;
    lastEventId = undefined;
    subscription?.unsubscribe();
    subscription = null;
    state.connection = 'off';
  },
  /** As someone else, or for the first time. */
  restart(): void {
    live.stop();
    if (listeners.size > 0) connect();
  },
};
