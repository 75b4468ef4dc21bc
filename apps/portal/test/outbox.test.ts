import { describe, expect, it } from 'vitest';
import type { ClientRefusal } from '../src/lib/refusals.ts';
import { FAULTS_MAX, judge, nextToSend, type QueuedCommand } from '../src/lib/field/outbox-rules.ts';
import { type Answer, type RunPorts, runOutbox } from '../src/lib/field/outbox-run.ts';

const WHO = { accountId: 'acc_1', postId: 'pst_1' };
const NOW = 1_700_000_000_000;

const command = (seq: number, subject: string, over: Partial<QueuedCommand> = {}): QueuedCommand => ({
  seq,
  commandId: `id-${seq}`,
  ...WHO,
  verb: 'tickets.accept',
  subject,
  input: {},
  photos: [],
  title: '',
  madeAt: NOW,
  attempted: false,
  faults: 0,
  notBefore: 0,
  refusal: null,
  ...over,
});

const refusal = (code: ClientRefusal['code'], details: ClientRefusal['details'] = {}): ClientRefusal => ({ code, details, requestId: 'req-1' });
const no = (code: ClientRefusal['code'], details: ClientRefusal['details'] = {}): Answer<never> => ({ ok: false, refusal: refusal(code, details) });
const yes: Answer<unknown> = { ok: true, value: {} };

/** A queue in memory and a server that answers from a script: per command id a list of answers, `yes` when it is used up. */
function world(commands: QueuedCommand[], script: Record<string, Answer<unknown>[]> = {}, uploads: Record<string, Answer<ReadonlyMap<string, string>>[]> = {}) {
  const queue = new Map(commands.map((one) => [one.seq, one]));
  const sent: string[] = [];
  const forgotten: string[] = [];
  const ports: RunPorts = {
    who: WHO,
    now: () => NOW,
    commands: () => Promise.resolve([...queue.values()]),
    upload: ({ commandId }) => Promise.resolve(uploads[commandId]?.shift() ?? { ok: true, value: new Map() }),
    begin({ seq, commandId }) {
      const row = queue.get(seq);
      if (!row || row.commandId !== commandId) return Promise.resolve(false);
      queue.set(seq, { ...row, attempted: true });
      return Promise.resolve(true);
    },
    send({ commandId }) {
      sent.push(commandId);
      return Promise.resolve(script[commandId]?.shift() ?? yes);
    },
    change(seq, change) {
      const row = queue.get(seq);
      if (row) queue.set(seq, { ...row, ...change });
      return Promise.resolve();
    },
    settle({ seq }) {
      queue.delete(seq);
      return Promise.resolve();
    },
    forgetFiles({ commandId }) {
      forgotten.push(commandId);
      return Promise.resolve();
    },
  };
  return { ports, queue, sent, forgotten };
}

describe('which command goes next', () => {
  it('takes the oldest head of a subject', () => {
    expect(nextToSend([command(3, 'a'), command(1, 'b'), command(2, 'a')], WHO, NOW).command?.seq).toBe(1);
  });
  it('holds a subject behind a parked command and lets others pass', () => {
    const queue = [command(1, 'a', { refusal: refusal('WRONG_STATE') }), command(2, 'a'), command(3, 'b')];
    expect(nextToSend(queue, WHO, NOW).command?.seq).toBe(3);
    expect(nextToSend(queue.slice(0, 2), WHO, NOW)).toEqual({ command: null, wakeAt: null });
  });
  it('never takes what another account made', () => {
    expect(nextToSend([command(1, 'a', { accountId: 'acc_2' })], WHO, NOW).command).toBeNull();
  });
  it('leaves what was made in another post until that post is back, with its successors', () => {
    expect(nextToSend([command(1, 'a', { postId: 'pst_2' }), command(2, 'a')], WHO, NOW).command).toBeNull();
  });
  it('waits for the earliest time of those that wait', () => {
    expect(nextToSend([command(1, 'a', { notBefore: NOW + 500 }), command(2, 'b', { notBefore: NOW + 200 })], WHO, NOW)).toEqual({ command: null, wakeAt: NOW + 200 });
  });
});

describe('what an answer means', () => {
  it.each([
    ['OFFLINE', 'offline'],
    ['UNAUTHENTICATED', 'signed-out'],
    ['PASSWORD_CHANGE_REQUIRED', 'signed-out'],
    ['UNAVAILABLE', 'later'],
    ['FAULT', 'fault'],
    ['WRONG_STATE', 'refused'],
    ['CONFLICT', 'refused'],
    ['NOT_FOUND', 'refused'],
    ['COMMAND_ID_REUSED', 'refused'],
  ] as const)('%s: %s', (code, kind) => {
    expect(judge(refusal(code)).kind).toBe(kind);
  });
  it('waits as long as the server says', () => {
    expect(judge(refusal('TOO_MANY_ATTEMPTS', { retryAfterSeconds: 40 }))).toEqual({ kind: 'later', ms: 40_000 });
  });
  it('takes an answer that is not the server’s for no answer', () => {
    expect(judge({ code: 'FAULT', details: {}, requestId: '' }).kind).toBe('offline');
  });
  it('tells a lost photo from a lost ticket', () => {
    expect(judge(refusal('NOT_FOUND', { fileId: 'fil_1' })).kind).toBe('photos-lost');
  });
});

describe('a run', () => {
  it('sends everything in order and leaves nothing', async () => {
    const { ports, queue, sent } = world([command(2, 'a'), command(1, 'a'), command(3, 'b')]);
    expect(await runOutbox(ports)).toEqual({ sent: 3, stopped: null, wakeAt: null });
    expect(sent).toEqual(['id-1', 'id-2', 'id-3']);
    expect(queue.size).toBe(0);
  });

  it('stops at a missing network without counting it, and the next run repeats the same id', async () => {
    const { ports, queue, sent } = world([command(1, 'a'), command(2, 'b')], { 'id-1': [no('OFFLINE')] });
    expect(await runOutbox(ports)).toEqual({ sent: 0, stopped: 'offline', wakeAt: null });
    expect(queue.get(1)).toMatchObject({ attempted: true, faults: 0, refusal: null, commandId: 'id-1' });
    expect(sent).toEqual(['id-1']);
    expect(await runOutbox(ports)).toMatchObject({ sent: 2, stopped: null });
    expect(sent).toEqual(['id-1', 'id-1', 'id-2']);
  });

  it('keeps everything when nobody is signed in', async () => {
    const { ports, queue } = world([command(1, 'a')], { 'id-1': [no('UNAUTHENTICATED')] });
    expect((await runOutbox(ports)).stopped).toBe('signed-out');
    expect(queue.get(1)?.refusal).toBeNull();
  });

  it('parks a refused command and its ticket, and goes on with others', async () => {
    const { ports, queue, sent } = world([command(1, 'a'), command(2, 'a'), command(3, 'b')], { 'id-1': [no('WRONG_STATE', { state: 'closed' })] });
    expect((await runOutbox(ports)).sent).toBe(1);
    expect(sent).toEqual(['id-1', 'id-3']);
    expect(queue.get(1)?.refusal?.code).toBe('WRONG_STATE');
    expect(queue.get(2)).toMatchObject({ attempted: false, refusal: null });
    await runOutbox(ports);
    expect(sent).toEqual(['id-1', 'id-3']);
  });

  it('sends no command whose photos did not arrive', async () => {
    const { ports, sent, queue } = world([command(1, 'a')], {}, { 'id-1': [no('OFFLINE')] });
    expect((await runOutbox(ports)).stopped).toBe('offline');
    expect(sent).toEqual([]);
    expect(queue.get(1)?.attempted).toBe(false);
  });

  it('sends photos again once when the server lost them, then asks a person', async () => {
    const lost = no('NOT_FOUND', { fileId: 'fil_1' });
    const once = world([command(1, 'a')], { 'id-1': [lost] });
    expect((await runOutbox(once.ports)).sent).toBe(1);
    expect(once.forgotten).toEqual(['id-1']);
    const twice = world([command(1, 'a')], { 'id-1': [lost, lost] });
    await runOutbox(twice.ports);
    expect(twice.queue.get(1)?.refusal?.code).toBe('NOT_FOUND');
  });

  it('lets a fault hold up its own ticket only, longer each time, and parks it in the end', async () => {
    const faults = Array.from({ length: FAULTS_MAX }, () => no('FAULT'));
    const { ports, queue, sent } = world([command(1, 'a'), command(2, 'b')], { 'id-1': faults });
    const first = await runOutbox(ports);
    expect(sent).toEqual(['id-1', 'id-2']);
    expect(queue.get(1)).toMatchObject({ faults: 1, refusal: null });
    expect(first.wakeAt).toBe(queue.get(1)?.notBefore);
    expect(first.wakeAt).toBeGreaterThan(NOW);
    for (let i = 1; i < FAULTS_MAX; i += 1) {
      queue.set(1, { ...queue.get(1)!, notBefore: 0 });
      await runOutbox(ports);
    }
    expect(queue.get(1)?.refusal?.code).toBe('FAULT');
  });

  it('does not send what a person took back while its photos were on their way', async () => {
    const { ports, queue, sent } = world([command(1, 'a')]);
    const upload = ports.upload;
    const taken: RunPorts = {
      ...ports,
      upload: (one) => {
        queue.delete(1);
        return upload(one);
      },
    };
    expect((await runOutbox(taken)).sent).toBe(0);
    expect(sent).toEqual([]);
  });
});
