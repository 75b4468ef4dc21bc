import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wire } from '@baxing/api';
import { type DatabaseTarget, type DialectName, openDatabase } from '@baxing/db';
import { newCommandId } from '@baxing/kernel';
import { startPostgres } from '@baxing/testing';
import { generateTickets } from '@baxing/tickets/bench';
import sharp from 'sharp';
import { Client, load, type Measured, percentile } from './load.ts';
import { here, type Running, startProcess, usageOf } from './processes.ts';
import { portalWeights } from './weights.ts';

/**
 * `npm run bench [-- --db sqlite|postgres] [--large 1000000] [--seconds 6]`: measures over HTTP and writes docs/benchmarks.{json,md}.
 * Timings on a shared machine are noise; the ratios within one run are what counts, and nothing here fails by a time.
 */
const { values: options } = parseArgs({
  options: { db: { type: 'string' }, large: { type: 'string', default: '1000000' }, small: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '6' }, out: { type: 'string', default: here('../../../docs') } },
});
const DIALECTS: readonly DialectName[] = options.db === undefined ? ['sqlite', 'postgres'] : [options.db as DialectName];
const SECONDS = Number(options.seconds);
const CONNECTIONS = [1, 32] as const;
const N_MAX = 20_000;
const PASSWORD = 'bench-Pass-2023';
const HOT = { longitude: 91.12, latitude: 29.67 };

export interface Row {
  readonly case: string;
  readonly db: DialectName | '-';
  readonly conns: number;
  readonly n: number;
  readonly rps: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu_us: number;
}

const rows: Row[] = [];
const facts: Record<string, number | string> = {};
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const round = (value: number, places = 2): number => Math.round(value * 10 ** places) / 10 ** places;
const id = (): string => newCommandId(Date.now(), randomFillSync);

async function measure(name: string, db: Row['db'], conns: number, server: Running, work: (i: number) => Promise<unknown>, n = N_MAX): Promise<Row> {
  await load(conns, Math.min(n, 200), 1, (i) => work(-1 - i));
  const before = await usageOf(server.port);
  const measured: Measured = await load(conns, n, SECONDS, work);
  const after = await usageOf(server.port);
  const row: Row = {
    case: name,
    db,
    conns,
    n: measured.n,
    rps: round(measured.n / measured.seconds, 1),
    p50: round(percentile(measured, 0.5)),
    p99: round(percentile(measured, 0.99)),
    cpu_us: Math.round(((after.cpuSeconds - before.cpuSeconds) * 1e6) / measured.n),
  };
  rows.push(row);
  say(`${name.padEnd(34)} ${String(db).padEnd(9)} ${String(conns).padStart(3)}  ${String(row.n).padStart(6)}  ${String(row.rps).padStart(9)}/s  p50 ${row.p50} ms  p99 ${row.p99} ms  cpu ${row.cpu_us} us`);
  return row;
}

interface SignedIn {
  readonly client: Client;
  readonly postId: string;
  readonly unitId: string;
  readonly cookie: string;
}

async function signIn(port: number, userName: string, connections = 32): Promise<SignedIn> {
  const response = await fetch(`http://127.0.0.1:${port}/trpc/auth.signIn`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: userName, password: PASSWORD }) });
  if (!response.ok) throw new Error(`sign-in of ${userName}: ${await response.text()}`);
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!;
  const { post } = ((await response.json()) as { result: { data: { post: { postId: string; unitId: string } } } }).result.data;
  return { client: new Client({ port, cookie }, connections), postId: post.postId, unitId: post.unitId, cookie };
}

async function uploadPhoto(port: number, cookie: string, background: string): Promise<string> {
  const bytes = await sharp({ create: { width: 1280, height: 960, channels: 3, background } }).jpeg().toBuffer();
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'photo.jpg');
  const response = await fetch(`http://127.0.0.1:${port}/files`, { method: 'POST', headers: { cookie }, body: form });
  return ((await response.json()) as { fileId: string }).fileId;
}

const jitter = (i: number) => ({ longitude: HOT.longitude + ((i * 7919) % 1000) * 2e-6, latitude: HOT.latitude + ((i * 104_729) % 1000) * 2e-6 });
const reportBody = (i: number) => ({ ...jitter(i), text: `巷口第${Math.abs(i)}处积存垃圾未清运，请处理`, place: '扎细街道' });

/** The floor server has no sign-in of its own: the session was made by the product on the same database. */
async function floors(target: DatabaseTarget, env: Readonly<Record<string, string>>, cookie: string): Promise<void> {
  const server = await startProcess('./floor-server.ts', env, '/readyz');
  const client = new Client({ port: server.port, cookie }, 32);
  for (const conns of CONNECTIONS) {
    await measure('echo: bare Hono', target.dialect, conns, server, async (i) => client.send('POST', '/echo', JSON.stringify({ i })));
    await measure('noop: tRPC mutation, session check', target.dialect, conns, server, async () => client.mutate('noop', { commandId: id(), text: '巷口积存垃圾' }));
    await measure('reference: raw SQL, one commit', target.dialect, conns, server, async (i) => client.send('POST', '/reference/report', JSON.stringify(reportBody(i))));
  }
  client.close();
  await server.stop();
}

/** Returns the cookie of a session that stays open. */
async function writes(server: Running, db: DialectName): Promise<string> {
  const street = await signIn(server.port, 'street.zhaxi');
  const worker = await signIn(server.port, 'grid.zhaxi.1');
  const verifier = await signIn(server.port, 'verify.zhaxi');
  const photos = [
    { fileId: await uploadPhoto(server.port, worker.cookie, 'red'), stage: 'before' },
    { fileId: await uploadPhoto(server.port, worker.cookie, 'green'), stage: 'after' },
  ];
  const lifeCycle = async (i: number): Promise<void> => {
    const { ticketId } = await street.client.mutate<{ ticketId: string }>('tickets.report', { commandId: id(), ...reportBody(i) });
    await street.client.mutate('tickets.dispatch', { commandId: id(), ticketId, workerPostId: worker.postId });
    await worker.client.mutate('tickets.accept', { commandId: id(), ticketId });
    await worker.client.mutate('tickets.submit', { commandId: id(), ticketId, photos });
    await verifier.client.mutate('tickets.verify', { commandId: id(), ticketId });
    await verifier.client.mutate('tickets.close', { commandId: id(), ticketId });
  };
  for (const conns of CONNECTIONS) {
    await measure('tickets.report', db, conns, server, (i) => street.client.mutate('tickets.report', { commandId: id(), ...reportBody(i) }));
    await measure('life cycle of six verbs', db, conns, server, lifeCycle, N_MAX / 10);
  }
  const waiting: string[] = [];
  await load(32, 5000, 120, async (i) => waiting.push((await street.client.mutate<{ ticketId: string }>('tickets.report', { commandId: id(), ...reportBody(i) })).ticketId));
  // `measure` warms up with one call per connection before it counts.
  let taken = 0;
  await measure(
    'tickets.bulkDispatch of 1,000',
    db,
    1,
    server,
    () => {
      const tickets = waiting.slice(taken, taken + 1000).map((ticketId) => ({ ticketId }));
      taken += 1000;
      return tickets.length === 0 ? Promise.resolve(null) : street.client.mutate('tickets.bulkDispatch', { commandId: id(), tickets });
    },
    2,
  );
  for (const { client } of [street, worker, verifier]) client.close();
  return street.cookie;
}

async function generate(target: DatabaseTarget, count: number): Promise<void> {
  const db = openDatabase(target);
  const now = Date.now();
  await wire(db, () => now);
  const posts = await db.read.selectFrom('post').select(['id', 'unit_id', 'role']).execute();
  const workers = new Map<string, string[]>();
  for (const post of posts) if (post.role === 'grid_worker' || post.role === 'officer') workers.set(post.unit_id, [...(workers.get(post.unit_id) ?? []), post.id]);
  const reporter = posts.find((post) => post.role === 'intake')!;
  const began = performance.now();
  let told = 0;
  await generateTickets(db, {
    count,
    seed: 20_231_113,
    until: Date.parse('2023-11-28T09:30+08:00'),
    workers,
    reporter: { postId: reporter.id, unitId: reporter.unit_id },
    onProgress(done) {
      if (done - told < 100_000 && done !== count) return;
      told = done;
      say(`  ${target.dialect}: ${done} of ${count} tickets, ${round((performance.now() - began) / 1000, 0)} s`);
    },
  });
  facts[`generate ${count} (${target.dialect}), s`] = round((performance.now() - began) / 1000, 1);
  await db.close();
}

async function reads(server: Running, db: DialectName, size: string): Promise<void> {
  const street = await signIn(server.port, 'street.zhaxi');
  const office = await signIn(server.port, 'office');
  const campaigns = await office.client.query<{ rows: { campaignId: string }[] }>('campaigns.list', {});
  const campaignId = campaigns.rows[0]?.campaignId;
  for (const conns of CONNECTIONS) {
    await measure(`tickets.list of a unit, ${size}`, db, conns, server, () => street.client.query('tickets.list', { unitId: street.unitId, states: ['handling', 'dispatched'], sort: 'due', limit: 50 }), 3000);
    await measure(`tickets.list by two characters, ${size}`, db, conns, server, () => street.client.query('tickets.list', { text: '井盖', unitId: street.unitId, limit: 50 }), 500);
    await measure(`tickets.counts, ${size}`, db, conns, server, () => office.client.query('tickets.counts', { by: 'unit' }), 3000);
    if (campaignId !== undefined) await measure(`campaigns.progress, ${size}`, db, conns, server, () => office.client.query('campaigns.progress', { campaignId }), 3000);
  }
  street.client.close();
  office.client.close();
}

/** What everybody else notices while long reads run. */
async function beside(server: Running, db: DialectName): Promise<void> {
  const office = await signIn(server.port, 'office');
  const audit = await signIn(server.port, 'audit');
  let busy = true;
  const background = (async () => {
    while (busy) await Promise.all([office.client.query('tickets.counts', { by: 'unit', total: { text: '垃圾' } }), audit.client.query('audit.verify', {})]);
  })();
  const anyone = new Client({ port: server.port }, 4);
  await measure('/healthz while long reads run', db, 4, server, () => anyone.send('GET', '/healthz'), 4000);
  busy = false;
  await background;
  for (const client of [office.client, audit.client, anyone]) client.close();
}

async function oneDialect(dialect: DialectName): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'baxing-bench-'));
  const pg = dialect === 'postgres' ? await startPostgres({ durable: true }) : null;
  try {
    const target: DatabaseTarget = pg ? { dialect: 'postgres', url: await pg.createDatabase() } : { dialect: 'sqlite', file: join(folder, 'baxing.db') };
    const env: Record<string, string> = { BAXING_DATA: folder, BAXING_DEMO: '1', BAXING_DEMO_PASSWORD: PASSWORD, ...(target.dialect === 'postgres' ? { DATABASE_URL: target.url } : {}) };
    const start = (): Promise<Running> => startProcess('../src/main.ts', env, '/readyz');
    const first = await start();
    facts[`first start with demonstration (${dialect}), ms`] = round(first.startMs, 0);
    const cookie = await writes(first, dialect);
    facts[`resident after writes (${dialect}), MB`] = round((await usageOf(first.port)).residentBytes / 1e6, 0);
    await first.stop();
    await floors(target, env, cookie);
    let present = 0;
    for (const size of [Number(options.small), Number(options.large)]) {
      await generate(target, size - present);
      present = size;
      const server = await start();
      facts[`second start at ${size} tickets (${dialect}), ms`] = round(server.startMs, 0);
      await reads(server, dialect, String(size));
      await beside(server, dialect);
      facts[`resident at ${size} tickets (${dialect}), MB`] = round((await usageOf(server.port)).residentBytes / 1e6, 0);
      await server.stop();
    }
  } finally {
    await pg?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const find = (name: string, db: string, conns: number): Row | undefined => rows.find((row) => row.case === name && row.db === db && row.conns === conns);
const ratio = (a: number | undefined, b: number | undefined): string => (a === undefined || b === undefined || b === 0 ? '–' : String(round(a / b)));

/** The goals of the product beside what was measured in this run. */
function goals(): (readonly [string, string, string])[] {
  const list: [string, string, string][] = [];
  for (const db of DIALECTS) {
    const report = find('tickets.report', db, 32)?.rps;
    list.push([`tickets.report / no-op, requests per second at 32 connections (${db})`, '≥ 0.3, aim 0.6', ratio(report, find('noop: tRPC mutation, session check', db, 32)?.rps)]);
    list.push([`tickets.report / thin reference, requests per second at 32 connections (${db})`, '≥ 0.5, aim 1.0', ratio(report, find('reference: raw SQL, one commit', db, 32)?.rps)]);
    for (const name of ['tickets.list of a unit', 'campaigns.progress', 'tickets.counts'])
      list.push([`${name}: p50 at ${options.large} / at ${options.small}, 1 connection (${db})`, '≤ 2', ratio(find(`${name}, ${options.large}`, db, 1)?.p50, find(`${name}, ${options.small}`, db, 1)?.p50)]);
    list.push([`CPU of a life cycle, µs (${db})`, '–', String(find('life cycle of six verbs', db, 32)?.cpu_us ?? '–')]);
  }
  return list;
}

function report(): string {
  const table = (head: readonly string[], body: readonly (readonly (string | number)[])[]): string => [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `# Benchmarks

Written by \`npm run bench\`. One run on a shared machine with ${cpus().length} cores (Node ${process.versions.node}); client and server share the cores. Compare within the run, not across runs.
SQLite: WAL, synchronous=FULL. PostgreSQL: fsync on. Every acknowledged write is on disk. \`cpu_us\`: CPU of the server process per request (for the life cycle: per six requests).

## Goals and what was measured
${table(['what', 'goal', 'measured'], goals())}

## Cases
${table(
  ['case', 'db', 'connections', 'n', 'requests/s', 'p50 ms', 'p99 ms', 'cpu µs'],
  rows.map((row) => [row.case, row.db, row.conns, row.n, row.rps, row.p50, row.p99, row.cpu_us]),
)}

## Other measurements
${table(['what', 'value'], Object.entries(facts))}
`;
}

Object.assign(facts, portalWeights());
for (const dialect of DIALECTS) {
  await oneDialect(dialect);
  // After each: a run that is cut short leaves what it measured.
  writeFileSync(join(options.out, 'benchmarks.json'), `${JSON.stringify({ rows, facts }, null, 1)}\n`);
  writeFileSync(join(options.out, 'benchmarks.md'), report());
  say(`written to ${options.out}`);
}
