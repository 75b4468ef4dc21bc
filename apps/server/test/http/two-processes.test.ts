import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AppRouter, asSystem, CACHES } from '@baxing/api';
import { type Database, openDatabase } from '@baxing/db';
import { placeCache, setUnitArea } from '@baxing/jurisdictions/server';
import { cityStore, commandId, scratchFolder, testDialects, WORLD_PASSWORD } from '@baxing/testing';
import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PLACE = { longitude: 91.12, latitude: 29.67 };
/** How soon one process must know what another did. */
const SOON_MS = 2000;

interface Server {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote on both outputs. */
  output(): string;
}

async function start(databaseUrl: string, folder: string): Promise<Server> {
  const child = spawn(process.execPath, ['--import', './scripts/leave-with-parent.mjs', 'apps/server/src/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], PORT: '0', BAXING_DATA: folder, DATABASE_URL: databaseUrl, BAXING_LOG: 'debug' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', () => {
      const found = /八行已启动：(http:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  return { url, child, output: () => output };
}

async function soon<T>(what: string, ask: () => Promise<T>, is: (value: T) => boolean, withinMs = SOON_MS): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (is(value)) return value;
    if (performance.now() > until) throw new Error(`${what} took longer than ${withinMs} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.runIf(testDialects().includes('postgres'))('two server processes on one PostgreSQL', () => {
  let a: Server;
  let b: Server;
  let db: Database;
  let store: Awaited<ReturnType<typeof cityStore>>;
  const folder = scratchFolder('baxing-two-');
  const ended: number[] = [];

  beforeAll(async () => {
    store = await cityStore('postgres');
    const url = store.target.dialect === 'postgres' ? store.target.url : '';
    [a, b] = await Promise.all([start(url, join(folder, 'a')), start(url, join(folder, 'b'))]);
    db = openDatabase(store.target);
    await db.caches.load(CACHES);
  });

  afterAll(async () => {
    for (const server of [a, b]) {
      if (server.child.exitCode === null) {
        server.child.kill('SIGTERM');
        await once(server.child, 'exit');
      }
      ended.push(server.child.exitCode ?? -1);
    }
    await db.close();
    await store.remove();
    rmSync(folder, { recursive: true, force: true });
    // Answered means stored: a clean end is part of the contract.
    expect(ended).toEqual([0, 0]);
  });

  async function signIn(server: Server, username: string, password = WORLD_PASSWORD): Promise<string> {
    const response = await fetch(`${server.url}/trpc/auth.signIn`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username, password }) });
    if (response.status !== 200) throw new Error(await response.text());
    return response.headers.getSetCookie()[0]!.split(';')[0]!;
  }
  const clientOf = (server: Server, cookie: string) => createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${server.url}/trpc`, headers: { cookie } })] });
  const codeOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'ok',
      (fault: unknown) => (fault instanceof TRPCClientError && fault.data ? (fault.data as { code: string }).code : Promise.reject(fault as Error)),
    );

  it('share sessions and product time', async () => {
    const cookie = await signIn(a, 'street.zhaxi');
    const [one, two] = await Promise.all([clientOf(a, cookie).auth.me.query(), clientOf(b, cookie).auth.me.query()]);
    expect(two.accountId).toBe(one.accountId);
    expect(Math.abs(two.now - one.now)).toBeLessThan(1000);
  });

  it('a change in one is heard in the other within 2 s', async () => {
    const cookie = await signIn(a, 'street.zhaxi');
    const leave = new AbortController();
    const stream = await fetch(`${a.url}/trpc/live.changes?input=%7B%7D`, { headers: { cookie, accept: 'text/event-stream' }, signal: leave.signal });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const until = async (text: string): Promise<void> => {
      while (!heard.includes(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the stream ended before ${text}`);
        heard += value;
      }
    };
    await until('"kind":"hello"');
    for (let i = 0; i < 3; i += 1) {
      const { ticketId } = await clientOf(b, cookie).tickets.report.mutate({ commandId: commandId(), ...PLACE });
      const began = performance.now();
      await until(ticketId);
      expect(performance.now() - began).toBeLessThan(SOON_MS);
    }
    leave.abort();
  });

  it('the same command sent to both is done once', async () => {
    const cookie = await signIn(a, 'street.zhaxi');
    for (let i = 0; i < 5; i += 1) {
      const command = { commandId: commandId(), ...PLACE, text: `只此一件${i}` };
      const [one, two] = await Promise.all([clientOf(a, cookie).tickets.report.mutate(command), clientOf(b, cookie).tickets.report.mutate(command)]);
      expect(two).toEqual(one);
      const events = await db.read.selectFrom('event').select('id').where('command_id', '=', command.commandId).execute();
      expect(events).toHaveLength(1);
    }
  });

  it('each timer fires once', async () => {
    const cookie = await signIn(a, 'street.zhaxi');
    const [onA, onB] = [clientOf(a, cookie), clientOf(b, cookie)];
    const reported = await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 ? onA : onB).tickets.report.mutate({ commandId: commandId(), ...PLACE })));
    const ids = reported.map(({ ticketId }) => ticketId);
    const { answers } = await onA.tickets.bulkDispatch.mutate({ commandId: commandId(), tickets: ids.map((ticketId) => ({ ticketId: ticketId as never })) });
    const deadlines = answers.map((answer) => (answer.ok ? answer.deadline.dueAt! : Number.NaN));
    const admin = clientOf(b, await signIn(b, 'admin'));
    const { now } = await admin.auth.me.query();
    const minutes = Math.ceil((Math.max(...deadlines) - now) / 60_000) + 1;
    await admin.demo.advance.mutate({ commandId: commandId(), minutes });
    const types = async (): Promise<string[]> =>
      (await db.read.selectFrom('event').select(['type', 'subject_id']).where('subject_id', 'in', ids).where('type', 'in', ['ticket.dueSoon', 'ticket.breached']).orderBy('id').execute()).map(
        ({ type, subject_id }) => `${type} ${subject_id}`,
      );
    const fired = await soon('all timers', types, (found) => found.filter((one) => one.startsWith('ticket.breached')).length >= ids.length, 15_000);
    expect(fired.toSorted()).toEqual(ids.flatMap((id) => [`ticket.dueSoon ${id}`, `ticket.breached ${id}`]).toSorted());
    // The clocks' own events as well: nothing was tried twice.
    const clocks = await db.read.selectFrom('event').select(['type', 'data']).where('type', 'in', ['clock.warned', 'clock.breached']).execute();
    const mine = clocks.filter(({ data }) => ids.includes((JSON.parse(data) as { subjectId: string }).subjectId));
    expect(mine).toHaveLength(2 * ids.length);
    expect((await onA.tickets.get.query({ ticketId: ids[0]! as never })).ticket).toMatchObject({ late: 1, warned: 1 });
    const later = await onA.auth.me.query();
    expect(later.now).toBeGreaterThan(Math.max(...deadlines));
  });

  it('who is locked out in one is out of the other', async () => {
    const admin = clientOf(a, await signIn(a, 'admin'));
    const { posts } = await clientOf(b, await signIn(b, 'office')).auth.me.query();
    const made = await admin.accounts.create.mutate({ commandId: commandId(), userName: 'short.stay', posts: [{ role: 'leader', title: '来宾岗', workNumber: 'LK0001', unitId: posts[0]!.unitId }] });
    const cookie = await signIn(b, 'short.stay', made.generatedPassword!);
    const guest = clientOf(b, cookie);
    expect(await codeOf(guest.auth.me.query())).toBe('ok');
    await admin.accounts.disable.mutate({ commandId: commandId(), accountId: made.accountId as never });
    await soon(
      'the lock-out',
      () => codeOf(guest.auth.me.query()),
      (code) => code === 'UNAUTHENTICATED',
    );
    expect(await codeOf(clientOf(a, cookie).auth.me.query())).toBe('UNAUTHENTICATED');
    await expect(signIn(b, 'short.stay', made.generatedPassword!)).rejects.toThrow('BAD_CREDENTIALS');
  });

  it('a new boundary is known to both', async () => {
    const cookie = await signIn(a, 'dispatch.city');
    const [onA, onB] = [clientOf(a, cookie), clientOf(b, cookie)];
    const { now } = await onA.auth.me.query();
    const places = db.caches.get(placeCache);
    const located = places.locate(PLACE.longitude, PLACE.latitude, now)!;
    const old = located.territorialUnit!.id;
    const { items } = await onB.units.list.query({ kind: 'street_office' });
    const [loser, winner] = [items.find(({ id }) => id === old)!, items.find(({ id }) => id !== old)!];
    const street = located.chain.find(({ kind }) => kind === 'street')!.id;
    const from = now + 1;
    await asSystem(db, from, setUnitArea, { unitId: loser.id, version: loser.version, from, areas: [] });
    await asSystem(db, from, setUnitArea, { unitId: winner.id, version: winner.version, from, areas: [{ jurisdictionId: street, note: '' }] });
    for (const client of [onA, onB]) {
      await soon(
        'the boundary',
        async () => (await client.jurisdictions.locate.query(PLACE))?.territorialUnit?.id,
        (id) => id === winner.id,
      );
      const { ticketId } = await client.tickets.report.mutate({ commandId: commandId(), ...PLACE });
      expect(await client.tickets.dispatch.mutate({ commandId: commandId(), ticketId: ticketId as never })).toMatchObject({ unitId: winner.id });
    }
    expect((await onA.jurisdictions.locate.query({ ...PLACE, at: now }))?.territorialUnit?.id).toBe(old);
  });

  it('seal one chain of events without a gap, and count what is there', async () => {
    const audit = clientOf(a, await signIn(b, 'audit'));
    const report = await soon(
      'the seal',
      () => audit.audit.verify.query(),
      ({ unsealedTail }) => unsealedTail === 0,
      10_000,
    );
    expect(report.findings).toEqual([]);
    expect(report.events).toBeGreaterThan(100);
  });

  it('write no password, cookie or text of people into their logs', () => {
    const lines = a.output() + b.output();
    expect(lines).toContain('"route":"/trpc"');
    expect(lines).not.toContain('"fault"');
    for (const secret of [WORLD_PASSWORD, 'baxing_session', '只此一件', 'postgres://']) expect(lines).not.toContain(secret);
  });
});
