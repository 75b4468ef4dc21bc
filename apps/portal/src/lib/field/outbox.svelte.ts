import type { InsertType } from 'dexie';
import { api, makeCommandId, refusalOf } from '#lib/api.ts';
import { clock } from '#lib/clock.svelte.ts';
import type { ClientRefusal } from '#lib/refusals.ts';
import { asThisSession } from '#lib/session-lock.ts';
import { kept } from './kept.ts';
import { keyOf } from './keys.ts';
import { offlineWaitMs, type OutboxVerb, type QueuedCommand, type QueuedPhoto } from './outbox-rules.ts';
import { type Answer, type RunPorts, type RunReport, runOutbox } from './outbox-run.ts';
import type { FieldStore, SentCommand } from './store.ts';

/**
 * The phone's queue: stored first, sent in order, never twice. Runs at the start, when the network or the page comes back, and by a timer,
 * in one tab of the browser at a time. What it shows is what is stored.
 */
export interface Owner {
  readonly accountId: string;
  readonly postId: string;
}

export type Ending = { readonly kind: 'sent'; readonly value: unknown } | { readonly kind: 'refused'; readonly refusal: ClientRefusal } | { readonly kind: 'waiting' };

export interface NewCommand {
  readonly verb: OutboxVerb;
  /** The ticket; null for a report. */
  readonly ticketId: string | null;
  readonly input: Readonly<Record<string, unknown>>;
  readonly photos?: readonly QueuedPhoto[];
  readonly title: string;
}

const LOCK = 'baxing.outbox';
const CALL_MS = 30_000;
const UPLOAD_MS = 180_000;
/** A queue that waits looks by itself this often. */
const TIMER_MS = 60_000;
const OTHER_TAB_MS = 3_000;
/** How long a page waits for the answer before it says 待发送. */
const ATTENDED_MS = 10_000;
/** Answers outlive the page that asked by this many commands. */
const ANSWERS_KEPT = 50;

let owner: Owner | null = null;
let commands = $state.raw<readonly QueuedCommand[]>([]);
let sent = $state.raw<readonly SentCommand[]>([]);
let sending = $state(false);
let needsSignIn = $state(false);
let stopWatching: (() => void) | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let running: Promise<void> | null = null;
let again = false;
let failures = 0;
const answers = new Map<string, unknown>();

const noAnswer: ClientRefusal = { code: 'OFFLINE', details: {}, requestId: '' };
const refused = (refusal: ClientRefusal): { ok: false; refusal: ClientRefusal } => ({ ok: false, refusal });

async function answerOf<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    return refused(refusalOf(thrown));
  }
}

/** Runs `work` while the session cannot change, and only if it is the owner's. */
const asOwner = <T>(who: Owner, work: () => Promise<Answer<T>>): Promise<Answer<T>> =>
  asThisSession(async () => {
    const me = await answerOf(() => api.auth.me.query(undefined, { signal: AbortSignal.timeout(CALL_MS) }));
    if (!me.ok) return me;
    if (me.value.accountId !== who.accountId || me.value.post.postId !== who.postId) return refused({ code: 'UNAUTHENTICATED', details: {}, requestId: '' });
    return work();
  });

interface FilesAnswer {
  readonly fileId?: string;
  readonly error?: { readonly code: ClientRefusal['code']; readonly details: ClientRefusal['details']; readonly requestId: string };
}

async function callFiles(path: string, init: RequestInit): Promise<Answer<string>> {
  try {
    const response = await fetch(path, init);
    const body = (await response.json().catch(() => null)) as FilesAnswer | null;
    if (response.ok && body?.fileId) return { ok: true, value: body.fileId };
    if (body?.error) return refused(body.error);
    // What answered was not the product: a proxy, or a server on its way down.
    return refused(response.status === 413 ? { code: 'LIMIT_EXCEEDED', details: {}, requestId: '' } : noAnswer);
  } catch {
    return refused(noAnswer);
  }
}

async function uploadPhoto(store: FieldStore, accountId: string, sha256: string): Promise<Answer<string>> {
  const key = keyOf(accountId, sha256);
  const photo = await store.photos.get(key);
  if (!photo) return refused({ code: 'EVIDENCE_MISSING', details: {}, requestId: '' });
  if (photo.fileId !== null) return { ok: true, value: photo.fileId };
  let answer: Answer<string> | null = null;
  if (photo.tried) {
    const known = await callFiles(`/files/have?sha256=${sha256}`, { signal: AbortSignal.timeout(CALL_MS) });
    if (known.ok || known.refusal.code !== 'NOT_FOUND') answer = known;
  }
  if (!answer) {
    await store.photos.update(key, { tried: true });
    const form = new FormData();
    for (const [name, value] of Object.entries({ takenAt: photo.takenAt, longitude: photo.longitude, latitude: photo.latitude, accuracyMetres: photo.longitude === null ? null : photo.accuracy }))
      if (value !== null) form.append(name, String(value));
    if (photo.hashed) form.append('sha256', sha256);
    form.append('file', photo.blob, 'photo.jpg');
    answer = await callFiles('/files', { method: 'POST', body: form, signal: AbortSignal.timeout(UPLOAD_MS) });
  }
  if (answer.ok) await store.photos.update(key, { fileId: answer.value });
  return answer;
}

/** Only what is known goes on the wire. */
const present = (fields: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));

type Sender = (input: never, options: { signal: AbortSignal }) => Promise<unknown>;
const SENDERS: Readonly<Record<OutboxVerb, Sender>> = {
  'tickets.report': api.tickets.report.mutate,
  'tickets.accept': api.tickets.accept.mutate,
  'tickets.return': api.tickets.return.mutate,
  'tickets.submit': api.tickets.submit.mutate,
  'tickets.verify': api.tickets.verify.mutate,
  'tickets.rework': api.tickets.rework.mutate,
  'tickets.close': api.tickets.close.mutate,
};

const portsOf = (store: FieldStore, who: Owner): RunPorts => ({
  who,
  now: Date.now,
  commands: () => store.commands.where('accountId').equals(who.accountId).toArray(),
  async upload(command) {
    const files = new Map<string, string>();
    for (const { sha256 } of command.photos) {
      const file = await asOwner(who, () => uploadPhoto(store, who.accountId, sha256));
      if (!file.ok) return file;
      files.set(sha256, file.value);
    }
    return { ok: true, value: files };
  },
  send(command, files) {
    const photos = command.photos.map(({ sha256, stage, takenAt, longitude, latitude, accuracy }) =>
      present({ fileId: files.get(sha256), stage, takenAt, longitude, latitude, accuracy: longitude === null ? null : accuracy }),
    );
    const input = { ...command.input, ...(photos.length > 0 ? { photos } : {}), commandId: command.commandId };
    return asOwner(who, () => answerOf(() => SENDERS[command.verb](input as never, { signal: AbortSignal.timeout(CALL_MS) })));
  },
  begin: ({ seq, commandId }) =>
    store.transaction('rw', store.commands, async () => {
      const row = await store.commands.get(seq);
      if (row?.commandId !== commandId || row.refusal !== null) return false;
      await store.commands.update(seq, { attempted: true });
      return true;
    }),
  async change(seq, change) {
    await store.commands.update(seq, change);
  },
  async settle(command, value) {
    const { ticketId, no } = (value ?? {}) as { ticketId?: string; no?: string };
    answers.set(command.commandId, value);
    for (const old of [...answers.keys()].slice(0, -ANSWERS_KEPT)) answers.delete(old);
    await store.settle(command, {
      commandId: command.commandId,
      accountId: command.accountId,
      verb: command.verb,
      title: command.title,
      ticketId: ticketId ?? null,
      no: no ?? null,
      sentAt: clock.exact(),
    });
  },
  async forgetFiles(command) {
    for (const { sha256 } of command.photos) await store.photos.update(keyOf(who.accountId, sha256), { fileId: null, tried: false });
  },
});

const inOneTab = <T>(work: () => Promise<T>): Promise<T | null> =>
  'locks' in navigator ? navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : Promise.resolve(null))) : work();

function wakeIn(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void outbox.flush(), Math.max(500, ms));
}

async function run(): Promise<void> {
  const who = owner;
  if (!who) return;
  const store = await kept();
  if ((await store.commands.where('accountId').equals(who.accountId).count()) === 0) return;
  if (!navigator.onLine) return wakeIn(TIMER_MS);
  sending = true;
  let report: RunReport | null;
  try {
    report = await inOneTab(() => runOutbox(portsOf(store, who)));
  } finally {
    sending = false;
  }
  if (owner !== who) return;
  // Another tab is at it; it may have looked just before this one's command came.
  if (!report) return wakeIn(OTHER_TAB_MS);
  needsSignIn = report.stopped === 'signed-out';
  failures = report.stopped === 'offline' ? failures + 1 : 0;
  const wait = report.stopped === 'offline' ? offlineWaitMs(failures) : report.wakeAt === null ? TIMER_MS : report.wakeAt - Date.now();
  wakeIn(wait);
}

function onVisible(): void {
  if (document.visibilityState === 'visible') outbox.soon();
}
function onOnline(): void {
  failures = 0;
  outbox.soon();
}

export const outbox = {
  /** This account's commands that the server is not known to have, oldest first. */
  get commands(): readonly QueuedCommand[] {
    return commands;
  },
  get sent(): readonly SentCommand[] {
    return sent;
  },
  get sending(): boolean {
    return sending;
  },
  get needsSignIn(): boolean {
    return needsSignIn;
  },
  get parked(): number {
    return commands.filter((command) => command.refusal !== null).length;
  },

  /** Watches and sends for this account in this post until the returned function is called. */
  start(who: Owner): () => void {
    owner = who;
    needsSignIn = false;
    failures = 0;
    let live = true;
    void Promise.all([kept(), import('dexie')]).then(
      ([store, { liveQuery }]) => {
        if (!live) return;
        const watching = [
          liveQuery(() => store.commands.where('accountId').equals(who.accountId).sortBy('seq')).subscribe((rows) => (commands = rows)),
          liveQuery(() => store.sent.where('accountId').equals(who.accountId).reverse().sortBy('sentAt')).subscribe((rows) => (sent = rows)),
        ];
        stopWatching = () => watching.forEach((one) => one.unsubscribe());
        outbox.soon();
      },
      () => {
        // A browser that keeps nothing: adding to the queue fails and says so.
      },
    );
    addEventListener('online', onOnline);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      live = false;
      stopWatching?.();
      stopWatching = null;
      clearTimeout(timer);
      removeEventListener('online', onOnline);
      document.removeEventListener('visibilitychange', onVisible);
      if (owner === who) owner = null;
      commands = [];
      sent = [];
    };
  },

  /** Stored when this returns; sending has begun. `draftKey`: what the command was made from, removed in the same step. */
  async add(command: NewCommand, draftKey: string | null = null): Promise<string> {
    if (!owner) throw new Error('the outbox has no owner');
    const store = await kept();
    const commandId = makeCommandId();
    const row: InsertType<QueuedCommand, 'seq'> = {
      commandId,
      ...owner,
      verb: command.verb,
      subject: command.ticketId ?? commandId,
      input: command.input,
      photos: command.photos ?? [],
      title: command.title,
      madeAt: clock.exact(),
      attempted: false,
      faults: 0,
      notBefore: 0,
      refusal: null,
    };
    await store.enqueue(row, draftKey);
    // The browser may clear what it was not asked to keep.
    void navigator.storage?.persist?.();
    outbox.soon();
    return commandId;
  },

  /** How it went, as far as is known when the answer comes or patience ends. */
  async ending(commandId: string, waitMs: number = ATTENDED_MS): Promise<Ending> {
    const store = await kept();
    const { liveQuery } = await import('dexie');
    return new Promise((resolve) => {
      const end = (ending: Ending): void => {
        clearTimeout(patience);
        removeEventListener('offline', giveUp);
        watching.unsubscribe();
        resolve(ending);
      };
      const giveUp = (): void => end({ kind: 'waiting' });
      const patience = setTimeout(giveUp, navigator.onLine ? waitMs : 300);
      addEventListener('offline', giveUp);
      const watching = liveQuery(() => store.commands.where('commandId').equals(commandId).first()).subscribe((row) => {
        if (!row) queueMicrotask(() => end({ kind: 'sent', value: answers.get(commandId) }));
        else if (row.refusal) queueMicrotask(() => end({ kind: 'refused', refusal: row.refusal! }));
      });
    });
  },

  /** A person says: once more. What was refused was not done, so it goes as a new command; a fault may have been done, so it keeps its id. */
  async retry(command: QueuedCommand): Promise<void> {
    const store = await kept();
    const commandId = command.refusal === null || command.refusal.code === 'FAULT' ? command.commandId : makeCommandId();
    await store.commands.update(command.seq, { commandId, refusal: null, faults: 0, notBefore: 0 });
    outbox.soon();
  },

  /** A person says: never mind. Only what was refused, or never left. */
  async discard(command: QueuedCommand): Promise<void> {
    const store = await kept();
    await store.transaction('rw', store.commands, async () => {
      const row = await store.commands.get(command.seq);
      if (row && (row.refusal !== null || !row.attempted)) await store.commands.delete(row.seq);
    });
    await store.dropUnusedPhotos(command.accountId);
    outbox.soon();
  },

  soon(): void {
    void outbox.flush();
  },

  flush(): Promise<void> {
    if (running) {
      again = true;
      return running;
    }
    running = run().finally(() => {
      running = null;
      if (again) {
        again = false;
        void outbox.flush();
      }
    });
    return running;
  },
};
