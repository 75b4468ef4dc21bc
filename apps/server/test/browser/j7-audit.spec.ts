import { randomFillSync } from 'node:crypto';
import { type APIRequestContext, expect, test } from '@playwright/test';
import { newCommandId } from '@baxing/kernel';
import { startPostgres } from '../../../../packages/testing/src/postgres.ts';
import { signedIn, startProduct, useProduct } from './product.ts';

/** J7: the audit administrator reads the whole story of one ticket, and nobody else may. */
const product = useProduct();
let ticketId = '';

async function call<T>(request: APIRequestContext, url: string, path: string, body: Readonly<Record<string, unknown>>): Promise<T> {
  const answer = await request.post(`${url}/trpc/${path}`, { data: { commandId: newCommandId(Date.now(), randomFillSync), ...body } });
  expect(answer.status(), await answer.text()).toBe(200);
  return ((await answer.json()) as { result: { data: T } }).result.data;
}

async function me(request: APIRequestContext, url: string): Promise<{ post: { postId: string } }> {
  return ((await (await request.get(`${url}/trpc/auth.me`)).json()) as { result: { data: { post: { postId: string } } } }).result.data;
}

/** A ticket that a street reports, a worker gets, accepts and returns: four posts' acts in the log. */
async function story(browser: Parameters<typeof signedIn>[0], on: { url: string }): Promise<string> {
  const street = await signedIn(browser, on as never, 'street.zhaxi');
  const worker = await signedIn(browser, on as never, 'grid.zhaxi.1');
  const { post } = await me(worker.context.request, on.url);
  const reported = await call<{ ticketId: string }>(street.context.request, on.url, 'tickets.report', { longitude: 91.12, latitude: 29.67, text: '巷口积存垃圾 ཁྲིམས 🚮' });
  await call(street.context.request, on.url, 'tickets.dispatch', { ticketId: reported.ticketId, workerPostId: post.postId });
  await call(worker.context.request, on.url, 'tickets.accept', { ticketId: reported.ticketId });
  await call(worker.context.request, on.url, 'tickets.return', { ticketId: reported.ticketId, reason: '不在本网格范围' });
  for (const { context } of [street, worker]) await context.close();
  return reported.ticketId;
}

test('the log tells who did what, in which post, when and from where', async ({ browser }) => {
  ticketId = await story(browser, product);
  const { context, page } = await signedIn(browser, product, 'audit');
  await page.goto(`/admin/audit?subject=${ticketId}`);
  for (const [act, post] of [
    ['上报', '扎细街道承办岗'],
    ['派遣', '扎细街道承办岗'],
    ['签收', '扎细街道网格员岗一'],
    ['回退', '扎细街道网格员岗一'],
  ] as const)
    await expect(page.getByRole('row').filter({ hasText: act }).filter({ hasText: post }).first()).toBeVisible();
  await page.getByRole('row').filter({ hasText: '回退' }).first().dblclick();
  await expect(page.getByRole('dialog')).toContainText('不在本网格范围');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '核验整链' }).click();
  await expect(page.getByRole('status').filter({ hasText: /\d/ }).first()).toBeVisible();
  await context.close();
});

test('the log is closed to everybody else', async ({ browser }) => {
  for (const name of ['admin', 'office', 'street.zhaxi']) {
    const { context } = await signedIn(browser, product, name);
    const answer = await context.request.get(`${product.url}/trpc/audit.list?input={}`);
    expect(answer.status(), name).toBe(403);
    await context.close();
  }
});

test('the same story on PostgreSQL', async ({ browser }) => {
  test.setTimeout(180_000);
  const server = await startPostgres();
  try {
    const onPostgres = await startProduct({ env: { DATABASE_URL: await server.createDatabase(), BAXING_DEMO: '1' } });
    try {
      const id = await story(browser, onPostgres);
      const { context, page } = await signedIn(browser, onPostgres, 'audit');
      await page.goto(`/admin/audit?subject=${id}`);
      await expect(page.getByRole('row').filter({ hasText: '回退' }).first()).toBeVisible();
      await context.close();
    } finally {
      await onPostgres.stop();
    }
  } finally {
    await server.stop();
  }
});
