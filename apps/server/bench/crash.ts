import { createHash, randomFillSync } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CACHES, recountAll } from '@baxing/api';
import { type Anchor, type Database, type DatabaseTarget, openDatabase, verifyAudit } from '@baxing/db';
import { newCommandId } from '@baxing/kernel';
import { startPostgres } from '@baxing/testing';
import { readAnchors } from '../src/anchors.ts';
import { Client } from './load.ts';
import { here, startProcess } from './processes.ts';

/**
 * `npm run crash -- --times N --db sqlite|pg`: kill -9 at a random moment under load, restart, and hold the database to an outside journal of the answers:
 * every answered command is there with the same answer, none twice; what was in flight is sent again under its id and then counts once; counters and audit are clean.
 */
const { values: options } = parseArgs({ options: { times: { type: 'string', default: '50' }, db: { type: 'string', default: 'sqlite' }, connections: { type: 'string', default: '16' }, seed: { type: 'string' }, out: { type: 'string' } } });
const TIMES = Number(options.times);
const CONNECTIONS = Number(options.connections);
const SEED = Number(options.seed ?? Date.now() % 1_000_000);
const PASSWORD = 'crash-Pass-2023';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let state = SEED;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 4_294_967_296;
}

interface Sent {
  readonly commandId: string;
  readonly path: string;
  readonly input: Readonly<Record<string, unknown>>;
}
interface Answered extends Sent {
  readonly answerHash: string;
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

async function signIn(port: number, userName: string): Promise<Client> {
  const response = await fetch(`http://127.0.0.1:${port}/trpc/auth.signIn`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: userName, password: PASSWORD }) });
  if (!response.ok) throw new Error(`sign-in of ${userName}: ${await response.text()}`);
  return new Client({ port, cookie: response.headers.get('set-cookie')!.split(';')[0]! }, CONNECTIONS);
}

/** One connection's work until the server dies: report, dispatch, accept, return, over and over. */
async function work(client: Client, journal: Journal, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const reported = await journal.send<{ ticketId: string }>(client, 'tickets.report', { longitude: 91.12 + random() * 0.002, latitude: 29.67 + random() * 0.002, text: '压力测试工单 🚧 རླུང' });
    if (!reported) return;
    for (const [path, extra] of [
      ['tickets.dispatch', {}],
      ['tickets.accept', {}],
      ['tickets.return', { reason: '不属于本单位' }],
      ['tickets.dispatch', {}],
    ] as const)
      if (!(await journal.send(client, path, { ticketId: reported.ticketId, ...extra }))) return;
  }
}

class Journal {
  readonly answered: Answered[] = [];
  readonly inFlight = new Map<string, Sent>();

  /** Null when the connection broke: nobody knows what became of it. */
  async send<T>(client: Client, path: string, input: Readonly<Record<string, unknown>>, commandId = newCommandId(Date.now(), randomFillSync)): Promise<T | null> {
    const sent = { commandId, path, input };
    this.inFlight.set(commandId, sent);
    let value: T;
    try {
      value = await client.mutate<T>(path, { commandId, ...input });
    } catch (fault) {
      if (fault instanceof Error && fault.message.includes(' answered ')) throw fault;
      return null;
    }
    this.inFlight.delete(commandId);
    this.answered.push({ ...sent, answerHash: hashOf(value) });
    return value;
  }
}

async function findings(db: Database, journal: Journal, from: number, anchors: readonly Anchor[]): Promise<string[]> {
  const problems: string[] = [];
  const fresh = journal.answered.slice(from);
  for (let i = 0; i < fresh.length; i += 200) {
    const chunk = fresh.slice(i, i + 200);
    const ids = chunk.map((sent) => sent.commandId);
    const receipts = new Map((await db.read.selectFrom('receipt').select(['command_id', 'answer']).where('command_id', 'in', ids).execute()).map((row) => [row.command_id, row.answer]));
    const events = new Map(
      (
        await db.read
          .selectFrom('event')
          .select(['command_id', (eb) => eb.fn.countAll<number>().as('n')])
          .where('command_id', 'in', ids)
          .where('subject', '=', 'ticket')
          .groupBy('command_id')
          .execute()
      ).map((row) => [row.command_id, Number(row.n)]),
    );
    for (const sent of chunk) {
      const answer = receipts.get(sent.commandId);
      if (answer === undefined) problems.push(`answered and gone: ${sent.path} ${sent.commandId}`);
      else if (hashOf((JSON.parse(answer) as { value: unknown }).value) !== sent.answerHash) problems.push(`another answer is stored: ${sent.path} ${sent.commandId}`);
      if (events.get(sent.commandId) !== 1) problems.push(`${events.get(sent.commandId) ?? 0} events instead of one: ${sent.path} ${sent.commandId}`);
    }
  }
  const tickets = await db.read.selectFrom('ticket').select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
  const reports = await db.read.selectFrom('event').select((eb) => eb.fn.countAll<number>().as('n')).where('type', '=', 'ticket.reported').executeTakeFirstOrThrow();
  if (Number(tickets.n) !== Number(reports.n)) problems.push(`${tickets.n} tickets, ${reports.n} reports`);
  const { differences } = await recountAll(db);
  for (const difference of differences.slice(0, 5)) problems.push(`counter ${JSON.stringify(difference)}`);
  const audit = await verifyAudit(db.read, anchors);
  for (const finding of audit.findings.slice(0, 5)) problems.push(`audit ${JSON.stringify(finding)}`);
  return problems;
}

const folder = mkdtempSync(join(tmpdir(), 'baxing-crash-'));
const isPostgres = options.db === 'pg' || options.db === 'postgres';
const pg = isPostgres ? await startPostgres({ durable: true }) : null;
const target: DatabaseTarget = pg ? { dialect: 'postgres', url: await pg.createDatabase() } : { dialect: 'sqlite', file: join(folder, 'baxing.db') };
const env: Record<string, string> = { BAXING_DATA: folder, BAXING_DEMO: '1', BAXING_DEMO_PASSWORD: PASSWORD, ...(target.dialect === 'postgres' ? { DATABASE_URL: target.url } : {}) };
const start = () => startProcess('../src/main.ts', env, '/readyz');

say(`crash: ${TIMES} times on ${target.dialect}, seed ${SEED}`);
const journal = new Journal();
let resent = 0;
let resentNew = 0;
let problems: string[] = [];
let db: Database | null = null;
let round = 0;
try {
  for (round = 1; round <= TIMES && problems.length === 0; round += 1) {
    const before = journal.answered.length;
    const server = await start();
    const client = await signIn(server.port, 'street.zhaxi');
    // What was in flight at the last kill goes out again under its own id, as a phone would do.
    for (const sent of [...journal.inFlight.values()]) {
      const known = db ? await db.read.selectFrom('receipt').select('command_id').where('command_id', '=', sent.commandId).executeTakeFirst() : undefined;
      await journal.send(client, sent.path, sent.input, sent.commandId);
      resent += 1;
      if (!known) resentNew += 1;
    }
    let over = false;
    const killAfterMs = 100 + random() * 1200;
    const loaders = Array.from({ length: CONNECTIONS }, () => work(client, journal, () => over));
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    await server.stop('SIGKILL');
    over = true;
    await Promise.all(loaders);
    client.close();
    if (!db) {
      db = openDatabase(target, { readonly: true });
      await db.caches.load(CACHES);
    }
    problems = await findings(db, journal, before, readAnchors(folder));
    say(`${String(round).padStart(3)}: killed after ${Math.round(killAfterMs)} ms, ${journal.answered.length - before} answered, ${journal.inFlight.size} in flight, ${problems.length === 0 ? 'clean' : problems.join('; ')}`);
  }
} finally {
  await db?.close();
  await pg?.stop();
  rmSync(folder, { recursive: true, force: true });
}
const summary = `${target.dialect}: killed ${round - 1} times (seed ${SEED}), ${journal.answered.length} commands answered, ${resent} sent again (${resentNew} had not been stored), ${problems.length} problems`;
say(summary);
const out = options.out ?? here('../../../docs/crash.md');
mkdirSync(dirname(out), { recursive: true });
if (!existsSync(out)) writeFileSync(out, '# Crash runs\n\nWritten by `npm run crash -- --times N --db sqlite|pg`: kill -9 under load, held to an outside journal of the answers.\n\n');
appendFileSync(out, `- ${summary}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
