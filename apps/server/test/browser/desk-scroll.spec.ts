import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { CACHES } from '@baxing/api';
import { openDatabase } from '@baxing/db';
import { generateTickets } from '@baxing/tickets/bench';
import { expect, type Page, test } from '@playwright/test';
import { scratchFolder } from '../../../../packages/testing/src/scratch.ts';
import { type Product, signedIn, startProduct } from './product.ts';

/** The list of tickets with 100,000 of them: one scroll, nothing twice, nothing left out, no task of the page that holds it up. */
const COUNT = 100_000;
const UNTIL = Date.parse('2023-11-28T09:31:00+08:00');
const SCROLL_MS = 10_000;
const TASK_MS_MAX = 50;

let product: Product;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(300_000);
  const folder = scratchFolder('scroll-');
  cpSync(process.env['BAXING_TEST_DEMO']!, folder, { recursive: true });
  const db = openDatabase({ dialect: 'sqlite', file: join(folder, 'baxing.db') });
  await db.migrate();
  await db.caches.load(CACHES);
  const { id: postId, unit_id: unitId } = await db.read.selectFrom('post').select(['id', 'unit_id']).where('role', '=', 'intake').executeTakeFirstOrThrow();
  await generateTickets(db, { count: COUNT, seed: 7, until: UNTIL, workers: new Map(), reporter: { postId, unitId }, onProgress: () => {} });
  await db.close();
  product = await startProduct({ dataFolder: folder });
});

test.afterAll(async () => {
  await product?.stop();
});

const grid = (page: Page) => page.getByRole('grid', { name: '工单列表' });

/** Running numbers of the rows on the screen, from above. */
const numbers = (page: Page): Promise<number[]> =>
  grid(page)
    .locator('[role=row][data-id]')
    .evaluateAll((rows) =>
      rows
        .map((row) => ({ index: Number(row.getAttribute('aria-rowindex')), number: Number(row.querySelector('a')!.textContent.split('-')[1]) }))
        .sort((a, b) => a.index - b.index)
        .map(({ number }) => number),
    );

const expectUnbroken = (found: readonly number[]): void => {
  expect(found.length).toBeGreaterThan(15);
  expect(found).toEqual(found.map((_, at) => found[0]! - at));
};

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds on the processor: what a task costs whatever else the machine is doing. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The dearest tasks of the page's main thread during `work`, processor milliseconds. */
async function dearestTasks(page: Page, work: () => Promise<void>): Promise<number[]> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(traceEvents.filter((event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}/${tid}`));
  const tasks = traceEvents.filter(({ ph, name, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && mains.has(`${pid}/${tid}`));
  expect(tasks.length).toBeGreaterThan(100);
  return tasks
    .map(({ tdur }) => Math.round((tdur ?? Number.NaN) / 1000))
    .sort((a, b) => b - a)
    .slice(0, 5);
}

/** Scrolls by so many pixels per frame for `ms`; gives how often nothing but blank lines was to be seen. */
const scroll = (page: Page, pixels: number, ms: number): Promise<{ frames: number; blank: number }> =>
  grid(page).evaluate(
    (element, [step, until]) =>
      new Promise<{ frames: number; blank: number }>((resolve) => {
        const began = performance.now();
        let [frames, blank] = [0, 0];
        const next = () => {
          element.scrollTop += step!;
          frames += 1;
          if (!element.querySelector('[role=row][data-id]')) blank += 1;
          if (performance.now() - began < until!) requestAnimationFrame(next);
          else resolve({ frames, blank });
        };
        requestAnimationFrame(next);
      }),
    [pixels, ms],
  );

test('ten seconds of scrolling down and up again hold nothing up and keep the page light', async ({ browser }) => {
  test.setTimeout(120_000);
  const { context, page } = await signedIn(browser, product, 'dispatch.city');
  await page.goto('/desk/tickets');
  await expect(page.getByText('共 10,000+ 条')).toBeVisible();
  for (const pixels of [1200, -1200]) {
    const tasks = await dearestTasks(page, async () => {
      await scroll(page, pixels, SCROLL_MS);
    });
    expect(tasks[0], `dearest tasks: ${tasks.join(', ')} ms`).toBeLessThan(TASK_MS_MAX);
    if (pixels > 0) expect(await grid(page).evaluate((element) => element.scrollTop / 34)).toBeGreaterThan(2000);
    await expect.poll(async () => (await numbers(page)).length).toBeGreaterThan(15);
    expectUnbroken(await numbers(page));
    expect(await grid(page).locator('[role=row]').count()).toBeLessThan(60);
  }
  await grid(page).evaluate((element) => (element.scrollTop = 0));
  await expect.poll(async () => (await numbers(page))[0]).toBe(COUNT);
  await context.close();
});

test('the address follows the scroll; whoever opens it stands there and can go up to the newest', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'dispatch.city');
  await page.goto('/desk/tickets');
  await expect(page.getByText('共 10,000+ 条')).toBeVisible();
  await scroll(page, 800, 2500);
  await expect(page).toHaveURL(/cursor=.*before=\d+/);
  await expect.poll(() => page.url()).toMatch(/before=/);
  const before = Number(new URL(page.url()).searchParams.get('before'));
  const first = await numbers(page);

  // To a ticket and back: the same rows.
  await grid(page).locator('[role=row][data-id] a').nth(8).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^\d{8}-\d{8}$/);
  await page.goBack();
  await expect.poll(async () => (await numbers(page)).filter((number) => first.includes(number)).length).toBeGreaterThan(15);

  const colleague = await signedIn(browser, product, 'dispatch.city');
  await colleague.page.goto(page.url());
  await expect.poll(async () => (await numbers(colleague.page)).length).toBeGreaterThan(15);
  expect((await numbers(colleague.page))[0]).toBeLessThanOrEqual(COUNT - before + 6);
  await colleague.page.keyboard.press('t');
  await expect
    .poll(
      async () => {
        await scroll(colleague.page, -1500, 600);
        return (await numbers(colleague.page))[0];
      },
      { timeout: 30_000 },
    )
    .toBe(COUNT);
  expectUnbroken(await numbers(colleague.page));
  await expect(grid(colleague.page).locator('[role=row][data-id]').first()).toHaveAttribute('aria-rowindex', '2');
  await colleague.context.close();
  await context.close();
});
