import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type BrowserContextOptions, expect, type Page, test } from '@playwright/test';
import { scratchFolder } from '../../../../packages/testing/src/scratch.ts';

/** The real product as a process of its own, for journeys in the browser. */
export interface Product {
  /** `http://127.0.0.1:port`, without a slash at its end. */
  readonly url: string;
  readonly dataFolder: string;
  /** Everything it has printed so far. */
  output(): string;
  /** SIGTERM and wait: answered means stored. */
  stop(): Promise<void>;
  /** As a power cut: SIGKILL and wait. */
  kill(): Promise<void>;
  /** Stops and starts on the same data and the same port. */
  restart(): Promise<void>;
}

export interface ProductOptions {
  /** Absent: a copy of the demonstration, removed at the end. */
  readonly dataFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const DEMO_PASSWORD = 'Baxing-demo-2023';
/** A phone as grid workers have: narrow, touch, 360 px. */
export const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const START_MS_MAX = 120_000;
const STOP_MS_MAX = 15_000;

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
}

const exited = (child: ChildProcess): Promise<void> => new Promise((resolve) => (child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve())));

async function launch(dataFolder: string, port: number, env: Readonly<Record<string, string>>): Promise<Running> {
  // The IPC channel ends it when the test runner dies, however that happens.
  const child = spawn(process.execPath, ['--import', './scripts/leave-with-parent.mjs', 'apps/server/src/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], PORT: String(port), BAXING_DATA: dataFolder, BAXING_DEMO_PASSWORD: DEMO_PASSWORD, BAXING_LOG: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(-200_000)));
  const until = Date.now() + START_MS_MAX;
  for (;;) {
    const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    if (url && (await fetch(`${url}/readyz`).then((response) => response.ok, () => false))) return { child, url, output: () => text };
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`the product did not start:\n${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  child.kill(signal);
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await exited(child);
  clearTimeout(hard);
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const ownFolder = options.dataFolder === undefined;
  const dataFolder = options.dataFolder ?? scratchFolder('product-');
  if (ownFolder) cpSync(process.env['BAXING_TEST_DEMO']!, dataFolder, { recursive: true });
  const env = options.env ?? {};
  let running = await launch(dataFolder, 0, env);
  const { url } = running;
  return {
    url,
    dataFolder,
    output: () => running.output(),
    async stop() {
      await end(running.child, 'SIGTERM');
      if (ownFolder) rmSync(dataFolder, { recursive: true, force: true });
    },
    kill: () => end(running.child, 'SIGKILL'),
    async restart() {
      await end(running.child, 'SIGTERM');
      running = await launch(dataFolder, Number(new URL(url).port), env);
    },
  };
}

/**
 * One product for the tests of a file, which run in order and build on each other. Call it at the top of the file:
 * `const product = useProduct();`
 */
export function useProduct(options: ProductOptions = {}): Product {
  let started: Product | undefined;
  test.describe.configure({ mode: 'serial' });
  test.beforeAll(async () => {
    test.setTimeout(START_MS_MAX);
    started = await startProduct(options);
  });
  test.afterAll(async () => {
    await started?.stop();
  });
  const now = (): Product => {
    if (!started) throw new Error('the product is there from the first test on');
    return started;
  };
  return {
    get url() {
      return now().url;
    },
    get dataFolder() {
      return now().dataFolder;
    },
    output: () => now().output(),
    stop: () => now().stop(),
    kill: () => now().kill(),
    restart: () => now().restart(),
  };
}

/** A browser context of its own for `userName`, signed in through the API; `page` is blank. Close the context when done. */
export async function signedIn(browser: Browser, product: Product, userName: string, options: BrowserContextOptions = {}): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ baseURL: product.url, ...options });
  const answer = await context.request.post('/trpc/auth.signIn', { data: { username: userName, password: DEMO_PASSWORD }, headers: { origin: product.url } });
  expect(answer.status(), await answer.text()).toBe(200);
  return { context, page: await context.newPage() };
}
