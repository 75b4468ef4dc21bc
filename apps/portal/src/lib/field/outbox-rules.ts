import type { ClientRefusal } from '#lib/refusals.ts';

/**
 * What the phone's queue does with an answer, as pure functions: order per subject, what stops everything, what waits, what needs a person.
 * Knows no storage and no network; `outbox.svelte.ts` has both.
 */
export type OutboxVerb = 'tickets.report' | 'tickets.accept' | 'tickets.return' | 'tickets.submit' | 'tickets.verify' | 'tickets.rework' | 'tickets.close';

/** A photo as a command names it; the bytes lie in the store under `sha256`. Positions WGS84 degrees, `accuracy` metres, `takenAt` epoch ms of the device. */
export interface QueuedPhoto {
  readonly sha256: string;
  readonly stage: 'scene' | 'before' | 'after';
  readonly takenAt: number | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
  readonly accuracy: number | null;
}

/** One command that is not known to have reached the server. */
export interface QueuedCommand {
  /** Order of making on this device. */
  readonly seq: number;
  /** Made once; a repeat of the sending carries the same. */
  readonly commandId: string;
  readonly accountId: string;
  readonly postId: string;
  readonly verb: OutboxVerb;
  /** The ticket, or the command itself for a report: commands of one subject go one after the other. */
  readonly subject: string;
  /** The command's input without `commandId` and `photos`. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly photos: readonly QueuedPhoto[];
  /** What people call it: the category or the ticket's number. */
  readonly title: string;
  /** Server time as far as the device knew it, epoch ms. */
  readonly madeAt: number;
  /** Sent at least once, answer unknown or refused. */
  readonly attempted: boolean;
  /** Answers 5xx so far; a network fault does not count. */
  readonly faults: number;
  /** Not before, by the device's clock, epoch ms. */
  readonly notBefore: number;
  /** Set: refused, waits for a person, and the subject's later commands wait behind it. */
  readonly refusal: ClientRefusal | null;
}

export type Verdict =
  /** No answer: everything waits for the network. */
  | { readonly kind: 'offline' }
  /** Nobody, or someone else, is signed in: everything waits for a person. */
  | { readonly kind: 'signed-out' }
  /** The server asks for patience. */
  | { readonly kind: 'later'; readonly ms: number }
  /** The server broke on it: this subject waits, others go on. */
  | { readonly kind: 'fault' }
  /** A photo that the server does not know any more is sent again. */
  | { readonly kind: 'photos-lost' }
  | { readonly kind: 'refused' };

const LATER_MS = 15_000;

/** What an answer that is not a value means for the queue. */
export function judge(refusal: ClientRefusal): Verdict {
  switch (refusal.code) {
    case 'OFFLINE':
      return { kind: 'offline' };
    case 'UNAUTHENTICATED':
    case 'PASSWORD_CHANGE_REQUIRED':
      return { kind: 'signed-out' };
    case 'UNAVAILABLE':
    case 'TOO_MANY_ATTEMPTS': {
      const seconds = refusal.details['retryAfterSeconds'];
      return { kind: 'later', ms: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : LATER_MS };
    }
    case 'FAULT':
      // The server's own faults carry the request's id; without one it was a café's sign-in page or a proxy that answered.
      return refusal.requestId === '' ? { kind: 'offline' } : { kind: 'fault' };
    case 'NOT_FOUND':
      return typeof refusal.details['fileId'] === 'string' ? { kind: 'photos-lost' } : { kind: 'refused' };
    default:
      return { kind: 'refused' };
  }
}

const FAULT_WAITS_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000] as const;
/** So many faults, then a person looks at it. */
export const FAULTS_MAX = FAULT_WAITS_MS.length;
export const faultWaitMs = (faults: number): number => FAULT_WAITS_MS[Math.min(faults, FAULTS_MAX) - 1] ?? FAULT_WAITS_MS[0];

const OFFLINE_WAITS_MS = [2_000, 5_000, 15_000, 30_000, 60_000] as const;
/** Wait after the n-th sending in a row that found no network (n ≥ 1). */
export const offlineWaitMs = (failures: number): number => OFFLINE_WAITS_MS[Math.min(Math.max(failures, 1), OFFLINE_WAITS_MS.length) - 1] ?? 60_000;

/**
 * The command to send next: the oldest one that heads its subject, is not parked and whose time has come. `passed` are subjects already given up in this run.
 * `wakeAt`: when to look again if there is none, null = only after something else changes.
 */
export function nextToSend(
  commands: readonly QueuedCommand[],
  who: { accountId: string; postId: string },
  now: number,
  passed: ReadonlySet<string> = new Set(),
): { command: QueuedCommand | null; wakeAt: number | null } {
  const blocked = new Set(passed);
  let wakeAt: number | null = null;
  for (const command of [...commands].sort((a, b) => a.seq - b.seq)) {
    if (command.accountId !== who.accountId || blocked.has(command.subject)) continue;
    blocked.add(command.subject);
    if (command.refusal !== null || command.postId !== who.postId) continue;
    if (command.notBefore <= now) return { command, wakeAt: null };
    wakeAt = wakeAt === null ? command.notBefore : Math.min(wakeAt, command.notBefore);
  }
  return { command: null, wakeAt };
}
