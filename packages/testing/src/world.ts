import { randomFillSync } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { appRouter, type Context, createCallerFactory, createServices, loadDemoCity, type RunningServices } from '@baxing/api';
import { type Database, type DatabaseTarget, type DialectName, openDatabase } from '@baxing/db';
import { resolveSession, signIn } from '@baxing/identity/server';
import { newCommandId, type Refusal, RefusalError } from '@baxing/kernel';
import { TRPCError } from '@trpc/server';
import { afterAll, describe, onTestFinished } from 'vitest';
import { TEST_START, type TestClock, testClock } from './clock.ts';
import { testDialects } from './dialects.ts';
import { createDatabase, dropDatabase } from './postgres.ts';
import { scratchFolder } from './scratch.ts';
import { readTemplates } from './templates.ts';

/** The demonstration city with a clock that moves only when told to, and callers that go through the router as a signed-in post. */

export const WORLD_PASSWORD = 'test-Pass-2023';

const factory = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof factory>;

export interface World {
  readonly db: Database;
  readonly services: RunningServices;
  readonly clock: TestClock;
  /** A caller in the first post of that demonstration account. */
  as(userName: string): Promise<Caller>;
  /** A fresh command id. */
  id(): string;
  /** Moves product time and runs whatever became due. */
  advance(ms: number): Promise<void>;
}

export const commandId = (): string => newCommandId(Date.now(), randomFillSync);

/** What a refused call was refused with; a call that succeeds, or fails otherwise, fails the test. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (fault) {
    if (fault instanceof TRPCError && fault.cause instanceof RefusalError) return fault.cause.refusal;
    if (fault instanceof TRPCError && fault.code === 'BAD_REQUEST') return { code: 'VALIDATION', details: { message: fault.message } };
    throw fault;
  }
  throw new Error('expected a refusal, got an answer');
}

async function buildCity(target: DatabaseTarget): Promise<void> {
  const db = openDatabase(target);
  try {
    await db.migrate();
    await loadDemoCity(db, { startsAt: TEST_START, password: WORLD_PASSWORD, onPassword: () => {} });
  } finally {
    await db.close();
  }
}

/** Made once per run by whoever comes first; the others wait for its mark. */
async function cityTemplate(dialect: DialectName): Promise<{ sqliteFile: string } | { adminUrl: string; template: string }> {
  const templates = readTemplates();
  const folder = dirname(templates.sqliteFile);
  const [mark, claim] = [join(folder, `city-${dialect}.made`), join(folder, `city-${dialect}.claim`)];
  const sqliteFile = join(folder, 'city.sqlite');
  if (!existsSync(mark)) {
    let mine = true;
    try {
      writeFileSync(claim, String(process.pid), { flag: 'wx' });
    } catch {
      mine = false;
    }
    if (mine) {
      let city = sqliteFile;
      if (dialect === 'sqlite') {
        await buildCity({ dialect, file: `${sqliteFile}.building` });
        renameSync(`${sqliteFile}.building`, sqliteFile);
      } else {
        const { adminUrl, template } = templates.postgres!;
        city = await createDatabase(adminUrl, template);
        await buildCity({ dialect, url: city, connections: 4 });
      }
      writeFileSync(`${mark}.writing`, city);
      renameSync(`${mark}.writing`, mark);
    } else {
      const deadline = Date.now() + 60_000;
      while (!existsSync(mark)) {
        if (Date.now() > deadline) throw new Error('the city template was not made in time');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
  return dialect === 'sqlite' ? { sqliteFile } : { adminUrl: templates.postgres!.adminUrl, template: new URL(readFileSync(mark, 'utf8')).pathname.slice(1) };
}

/** A fresh store with the demonstration city in it, and how to remove it. */
export async function cityStore(dialect: DialectName): Promise<{ target: DatabaseTarget; remove(): Promise<void> }> {
  const made = await cityTemplate(dialect);
  if ('sqliteFile' in made) {
    const folder = scratchFolder('baxing-city-');
    const file = join(folder, 'baxing.db');
    copyFileSync(made.sqliteFile, file);
    return { target: { dialect: 'sqlite', file }, remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })) };
  }
  const url = await createDatabase(made.adminUrl, made.template);
  return { target: { dialect: 'postgres', url, connections: 10 }, remove: () => dropDatabase(made.adminUrl, url) };
}

async function openWorld(dialect: DialectName): Promise<World & { close(): Promise<void> }> {
  const store = await cityStore(dialect);
  const db = openDatabase(store.target);
  const clock = testClock();
  const services = await createServices({
    db,
    now: clock.now,
    demo: {
      advance: (_tx, minutes) => Promise.resolve(clock.advance(minutes * 60_000)),
      refresh: () => Promise.resolve(clock.now()),
    },
    secureCookies: false,
    mapTiles: null,
    observe: () => {},
    fault: (_request, what, fault) => process.stderr.write(`${what}: ${fault instanceof Error ? fault.stack : String(fault)}\n`),
    onSealed: () => {},
    anchors: () => [],
  });
  const tokens = new Map<string, string>();
  const request = { address: '127.0.0.1', requestId: 'test' };

  async function tokenOf(userName: string): Promise<string> {
    const known = tokens.get(userName);
    if (known !== undefined) return known;
    const signed = await signIn(db, { ...request, userName, password: WORLD_PASSWORD, wallNow: Date.now(), at: clock.now(), secure: false });
    if (!signed.ok) throw new Error(`${userName} cannot sign in: ${signed.refusal.code}`);
    tokens.set(userName, signed.value.token);
    return signed.value.token;
  }

  return {
    db,
    services,
    clock,
    id: commandId,
    async as(userName) {
      const session = await resolveSession(db, await tokenOf(userName), { wallNow: Date.now(), at: clock.now() });
      if (!session) throw new Error(`${userName} has no session`);
      const context: Context = { services, session, requestId: 'test', address: '127.0.0.1', setCookie: () => {} };
      return factory(context);
    },
    async advance(ms) {
      clock.advance(ms);
      await services.worker.runDue();
    },
    async close() {
      await services.close();
      await db.close();
      await store.remove();
    },
  };
}

/** `describe` once per dialect with a world per call of `open`; closed after the test, or after the block when opened in `beforeAll`. */
export function describeEachWorld(name: string, body: (open: () => Promise<World>, dialect: DialectName) => void): void {
  for (const dialect of testDialects())
    describe(`${name} [${dialect}]`, () => {
      const shared: (() => Promise<void>)[] = [];
      afterAll(async () => {
        for (const close of shared) await close();
      });
      body(async () => {
        const world = await openWorld(dialect);
        try {
          onTestFinished(world.close);
        } catch {
          shared.push(world.close);
        }
        return world;
      }, dialect);
    });
}
