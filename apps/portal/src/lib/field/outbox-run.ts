import type { ClientRefusal } from '#lib/refusals.ts';
import { FAULTS_MAX, faultWaitMs, judge, nextToSend, type QueuedCommand } from './outbox-rules.ts';

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: ClientRefusal };

/** What one run needs of the world. The caller holds the lock that makes it the only run of this browser. */
export interface RunPorts {
  readonly who: { readonly accountId: string; readonly postId: string };
  /** Every command of the account, oldest first or not. */
  readonly commands: () => Promise<readonly QueuedCommand[]>;
  /** Photo bytes first: sha256 → file id, for all photos of the command. */
  readonly upload: (command: QueuedCommand) => Promise<Answer<ReadonlyMap<string, string>>>;
  readonly send: (command: QueuedCommand, files: ReadonlyMap<string, string>) => Promise<Answer<unknown>>;
  /** Written before the request leaves: from here on nobody may say that it was never sent. False: a person took it back meanwhile. */
  readonly begin: (command: QueuedCommand) => Promise<boolean>;
  readonly change: (seq: number, change: Partial<Pick<QueuedCommand, 'faults' | 'notBefore' | 'refusal'>>) => Promise<void>;
  /** The server has it: forget the command, note the answer. */
  readonly settle: (command: QueuedCommand, value: unknown) => Promise<void>;
  /** The photos' file ids are no longer good. */
  readonly forgetFiles: (command: QueuedCommand) => Promise<void>;
  /** The device's clock, epoch ms. */
  readonly now: () => number;
}

export interface RunReport {
  readonly sent: number;
  readonly stopped: 'offline' | 'signed-out' | null;
  /** When to run again, epoch ms; null = when something changes. */
  readonly wakeAt: number | null;
}

/** Sends what can be sent, one command at a time, until the queue is empty, the network is gone or a person is needed. */
export async function runOutbox(ports: RunPorts): Promise<RunReport> {
  const passed = new Set<string>();
  const renewed = new Set<number>();
  let sent = 0;
  for (;;) {
    const commands = await ports.commands();
    const { command } = nextToSend(commands, ports.who, ports.now(), passed);
    if (!command) return { sent, stopped: null, wakeAt: nextToSend(commands, ports.who, ports.now()).wakeAt };
    const files = await ports.upload(command);
    let answer: Answer<unknown> = files;
    if (files.ok) {
      if (!(await ports.begin(command))) continue;
      answer = await ports.send(command, files.value);
    }
    if (answer.ok) {
      await ports.settle(command, answer.value);
      sent += 1;
      continue;
    }
    const verdict = judge(answer.refusal);
    if (verdict.kind === 'offline' || verdict.kind === 'signed-out') return { sent, stopped: verdict.kind, wakeAt: null };
    if (verdict.kind === 'later') return { sent, stopped: null, wakeAt: ports.now() + verdict.ms };
    if (verdict.kind === 'photos-lost' && !renewed.has(command.seq)) {
      renewed.add(command.seq);
      await ports.forgetFiles(command);
      continue;
    }
    const faults = command.faults + (verdict.kind === 'fault' ? 1 : 0);
    if (verdict.kind === 'fault' && faults < FAULTS_MAX) await ports.change(command.seq, { faults, notBefore: ports.now() + faultWaitMs(faults) });
    else await ports.change(command.seq, { faults, refusal: answer.refusal });
    passed.add(command.subject);
  }
}
