import { randomFillSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { type APIRequestContext, type BrowserContext, chromium, expect, type Locator, type Page, request as requests, test } from '@playwright/test';
import { newCommandId } from '../../../../packages/kernel/src/index.ts';
import { scratchFolder } from '../../../../packages/testing/src/scratch.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { phonePhoto } from './phone-photo.ts';
import { DEMO_PASSWORD, PHONE, useProduct } from './product.ts';

/** The phone: a worker handles and reports, with and without network; a checker sends back and closes. */

const product = useProduct();

interface Caller {
  query<T>(path: string, input?: unknown): Promise<T>;
  mutate<T>(path: string, input: Record<string, unknown>): Promise<T>;
}
interface Me {
  readonly post: { readonly postId: string; readonly unitId: string; readonly areaId: string };
}
interface Ticket {
  readonly ticket: { readonly id: string; readonly state: string; readonly text: string; readonly longitude: number; readonly latitude: number; readonly rework_count: number };
  readonly photos: readonly { readonly fileId: string; readonly stage: string; readonly round: number; readonly longitude: number | null; readonly takenAt: number | null }[];
}
interface List {
  readonly rows: readonly { readonly id: string; readonly text: string }[];
}

const callers = new Map<string, Caller>();
async function as(userName: string): Promise<Caller> {
  const known = callers.get(userName);
  if (known) return known;
  const http: APIRequestContext = await requests.newContext({ baseURL: product.url, extraHTTPHeaders: { origin: product.url } });
  const signIn = await http.post('/trpc/auth.signIn', { data: { username: userName, password: DEMO_PASSWORD } });
  expect(signIn.status(), await signIn.text()).toBe(200);
  const value = async <T>(answer: { json(): Promise<unknown> }): Promise<T> => {
    const body = (await answer.json()) as { result?: { data: T }; error?: unknown };
    expect(body.error).toBeUndefined();
    return body.result!.data;
  };
  const caller: Caller = {
    query: async (path, input = {}) => value(await http.get(`/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`)),
    mutate: async (path, input) => value(await http.post(`/trpc/${path}`, { data: { commandId: newCommandId(Date.now(), randomFillSync), ...input } })),
  };
  callers.set(userName, caller);
  return caller;
}

/** The middle of a worker's grid. */
async function gridOf(userName: string): Promise<{ longitude: number; latitude: number; postId: string }> {
  const worker = await as(userName);
  const { post } = await worker.query<Me>('auth.me');
  const { shape } = await worker.query<{ shape: [number, number][][][] }>('jurisdictions.get', { id: post.areaId });
  const ring = shape[0]![0]!.slice(1);
  const mean = (axis: 0 | 1): number => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length;
  return { longitude: mean(0), latitude: mean(1), postId: post.postId };
}

/** A ticket that the street has given to a worker. */
async function dispatched(userName: string, text: string, metresEast = 0): Promise<string> {
  const street = await as('street.zhaxi');
  const { post } = await street.query<Me>('auth.me');
  const { longitude, latitude, postId } = await gridOf(userName);
  const { ticketId } = await street.mutate<{ ticketId: string }>('tickets.report', { longitude: longitude + metresEast / 96_000, latitude, text, place: '扎细社区', source: 'desk' });
  await street.mutate('tickets.dispatch', { ticketId, unitId: post.unitId, workerPostId: postId });
  return ticketId;
}

const ticketOf = async (ticketId: string): Promise<Ticket> => (await as('street.zhaxi')).query<Ticket>('tickets.get', { ticketId });
const reportedBy = async (userName: string, text: string): Promise<List['rows']> =>
  (await (await as(userName)).query<List>('tickets.list', { box: 'reported' })).rows.filter((row) => row.text === text);

/** A phone with a memory of its own: what is in it survives closing. */
async function phone(profile: string, options: { geolocation?: { longitude: number; latitude: number; accuracy: number } } = {}): Promise<{ context: BrowserContext; page: Page }> {
  const { executablePath, env } = await findChromium();
  const context = await chromium.launchPersistentContext(profile, {
    ...PHONE,
    executablePath,
    args: CHROMIUM_ARGS,
    env: { ...(process.env as Record<string, string>), ...env },
    baseURL: product.url,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    ...(options.geolocation ? { geolocation: options.geolocation, permissions: ['geolocation'] } : {}),
  });
  return { context, page: context.pages()[0] ?? (await context.newPage()) };
}

async function signIn(page: Page, userName: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('用户名').fill(userName);
  await page.getByLabel('密码').fill(DEMO_PASSWORD);
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByRole('heading', { name: '我的工单' })).toBeVisible();
}

/** The pages are on the phone: they open without network from here on. */
const kept = (page: Page): Promise<unknown> => page.evaluate(() => navigator.serviceWorker.ready);

const tab = (page: Page, name: '上报' | '待发送' | '我'): Locator => page.getByRole('navigation', { name: '现场导航' }).getByRole('link', { name: new RegExp(`^${name}( |$)`) });
const slot = (page: Page, stage: string): Locator => page.locator(`input[data-stage="${stage}"]`);

async function noSeriousFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.target.join(' ')) }))).toEqual([]);
}

/** Nothing is cut off or scrolls sideways, and what is pressed is at least 44 px high. */
async function fitsThePhone(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('main button, main a, nav a, summary, main label:has(input[type=file])')]
      .filter((element) => element.checkVisibility())
      .map((element) => ({ text: element.textContent.trim(), height: Math.round(element.getBoundingClientRect().height) }))
      .filter(({ height }) => height > 1 && height < 44),
  );
  expect(small).toEqual([]);
}

const profiles: string[] = [];
const newProfile = (): string => {
  const folder = scratchFolder('phone-');
  profiles.push(folder);
  return folder;
};
test.afterAll(() => profiles.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

test('a worker finds his ticket, accepts it and submits it with photos', async () => {
  const here = await gridOf('grid.zhaxi.1');
  const far = await dispatched('grid.zhaxi.1', '远处的垃圾堆', 180);
  const near = await dispatched('grid.zhaxi.1', '门口的垃圾堆', 10);
  const { context, page } = await phone(newProfile(), { geolocation: { longitude: here.longitude, latitude: here.latitude, accuracy: 9 } });
  await signIn(page, 'grid.zhaxi.1');
  const rows = page.getByRole('list', { name: '待办' }).getByRole('link');
  await expect(rows).toHaveCount(2);
  await fitsThePhone(page);
  await noSeriousFindings(page);
  await page.getByRole('button', { name: /按距离/ }).click();
  await expect(rows.first()).toHaveAttribute('href', `/field/tickets/${near}`);
  await expect(rows.last()).toHaveAttribute('href', `/field/tickets/${far}`);

  await rows.first().click();
  await expect(page.getByText('门口的垃圾堆')).toBeVisible();
  await expect(page.getByText(/^到 .+ 为止。$/)).toBeVisible();
  await page.getByRole('button', { name: '签收' }).click();
  await expect(page.getByText('已签收')).toBeVisible();
  await expect(page.getByRole('button', { name: '反馈' })).toBeDisabled();
  await expect(page.getByText('还缺照片：处置前、处置后')).toBeVisible();
  await slot(page, 'before').setInputFiles(await phonePhoto(page, 'before'));
  await slot(page, 'after').setInputFiles(await phonePhoto(page, 'after'));
  await expect(page.getByRole('img', { name: '处置后照片 1' })).toBeVisible();
  await fitsThePhone(page);
  await noSeriousFindings(page);

  // The page may lose its life to the camera: what was gathered is still there.
  await page.reload();
  await expect(page.getByRole('img', { name: '处置后照片 1' })).toBeVisible();
  await page.getByLabel('说明').fill('已清运');
  await page.getByRole('button', { name: '反馈' }).click();
  await expect(page.getByText('已反馈')).toBeVisible();
  const { ticket, photos } = await ticketOf(near);
  expect(ticket.state).toBe('submitted');
  expect(photos.map((photo) => photo.stage).sort()).toEqual(['after', 'before']);
  expect(photos.every((photo) => photo.takenAt !== null && photo.longitude !== null)).toBe(true);
  // What travelled was scaled down on the phone.
  const size = await page.evaluate(async (id) => {
    const bitmap = await createImageBitmap(await (await fetch(`/files/${id}`)).blob());
    return Math.max(bitmap.width, bitmap.height);
  }, photos[0]!.fileId);
  expect(size).toBe(2048);
  await context.close();
});

test('a report takes three taps at most', async () => {
  const { longitude, latitude } = await gridOf('grid.zhaxi.1');
  const { context, page } = await phone(newProfile(), { geolocation: { longitude, latitude, accuracy: 15 } });
  await signIn(page, 'grid.zhaxi.1');
  const before = await (await as('grid.zhaxi.1')).query<List>('tickets.list', { box: 'reported' });
  let taps = 0;
  const tap = async (button: Locator): Promise<void> => {
    taps += 1;
    await button.tap();
  };
  const picture = await phonePhoto(page, 'scene');
  // The tap on 上报 opens the camera at once; the shutter is the phone's.
  const camera = page.waitForEvent('filechooser');
  await tap(tab(page, '上报'));
  taps += 1;
  await (await camera).setFiles(picture);
  await tap(page.getByRole('button', { name: '发送' }));
  await expect(page.getByText(/^已上报 \d{8}-\d+/)).toBeVisible();
  expect(taps).toBeLessThanOrEqual(3);
  const after = await (await as('grid.zhaxi.1')).query<List>('tickets.list', { box: 'reported' });
  expect(after.rows.length).toBe(before.rows.length + 1);
  const { ticket, photos } = await ticketOf(after.rows[0]!.id);
  expect([ticket.longitude.toFixed(4), ticket.latitude.toFixed(4)]).toEqual([longitude.toFixed(4), latitude.toFixed(4)]);
  expect(photos.map((photo) => photo.stage)).toEqual(['scene']);

  // Once more at the same place: the hint is there and blocks nothing.
  await tab(page, '上报').tap();
  await expect(page.getByText(/附近 50 米、24 小时内有/)).toBeVisible();
  await noSeriousFindings(page);
  await fitsThePhone(page);
  await page.getByLabel('说明').fill('又一处');
  await expect(page.getByRole('button', { name: '发送' })).toBeEnabled();
  await context.close();
});

test('without permission to be located, the photo or a hand says where it is', async () => {
  const { longitude, latitude } = await gridOf('grid.zhaxi.2');
  const { context, page } = await phone(newProfile());
  await signIn(page, 'grid.zhaxi.2');
  await tab(page, '上报').click();
  await page.getByLabel('说明').fill('相册里的照片');
  await expect(page.getByRole('button', { name: '发送' })).toBeDisabled();
  await slot(page, 'scene-gallery').setInputFiles(await phonePhoto(page, 'placed', { exif: { longitude, latitude, taken: '2023:11:28 09:12:13' } }));
  await expect(page.getByText('照片里的位置')).toBeVisible();
  await page.getByRole('button', { name: '发送' }).click();
  await expect(page.getByText(/^已上报/)).toBeVisible();
  const [row] = await reportedBy('grid.zhaxi.2', '相册里的照片');
  const { ticket, photos } = await ticketOf(row!.id);
  expect(Math.abs(ticket.longitude - longitude) + Math.abs(ticket.latitude - latitude)).toBeLessThan(0.0001);
  expect(photos[0]!.takenAt).toBe(Date.parse('2023-11-28T09:12:13+08:00'));

  await tab(page, '上报').click();
  await page.getByLabel('说明').fill('手工指定');
  await page.getByRole('button', { name: '指定' }).click();
  await expect(page.getByRole('img', { name: '网格图' })).toBeVisible();
  await noSeriousFindings(page);
  await page.getByLabel('或输入经度, 纬度').fill(`${longitude}, ${latitude}`);
  await page.getByRole('button', { name: '用这个位置' }).click();
  await expect(page.getByText('手工指定', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: '发送' }).click();
  await expect.poll(async () => (await reportedBy('grid.zhaxi.2', '手工指定')).length).toBe(1);
  await context.close();
});

test('what is made without network survives reload and restart and is sent exactly once', async () => {
  const here = await gridOf('grid.zhaxi.3');
  const ticketId = await dispatched('grid.zhaxi.3', '离线处置');
  const profile = newProfile();
  const geolocation = { longitude: here.longitude, latitude: here.latitude, accuracy: 20 };
  const first = await phone(profile, { geolocation });
  await signIn(first.page, 'grid.zhaxi.3');
  await first.page.getByRole('list', { name: '待办' }).getByRole('link').first().click();
  await expect(first.page.getByRole('button', { name: '签收' })).toBeVisible();
  await kept(first.page);
  const [scene, before, after] = [await phonePhoto(first.page, 'scene'), await phonePhoto(first.page, 'before'), await phonePhoto(first.page, 'after')];

  await first.context.setOffline(true);
  // Accept and submit, one after the other, as the rules allow on the state that the queue leads to.
  await first.page.getByRole('button', { name: '签收' }).click();
  await expect(first.page.getByText('签收待发送')).toBeVisible();
  await slot(first.page, 'before').setInputFiles(before);
  await slot(first.page, 'after').setInputFiles(after);
  await first.page.getByRole('button', { name: '反馈' }).click();
  await expect(first.page.getByText('反馈待发送')).toBeVisible();
  // And a report.
  await tab(first.page, '上报').click();
  await slot(first.page, 'scene').setInputFiles(scene);
  await first.page.getByLabel('说明').fill('离线上报');
  await first.page.getByRole('button', { name: '发送' }).click();
  await expect(first.page.getByText('上报待发送')).toBeVisible();
  await expect(first.page.getByText('已保存')).toHaveCount(0);
  await tab(first.page, '待发送').click();
  await expect(first.page.getByText('待发送', { exact: true }).first()).toBeVisible();

  await noSeriousFindings(first.page);
  await fitsThePhone(first.page);

  // Every page opens from the phone itself.
  await first.page.reload();
  await expect(first.page.getByText('离线上报')).toBeVisible();
  await expect(first.page.getByRole('img', { name: '处置前' })).toBeVisible();
  await first.page.goto(`/field/tickets/${ticketId}`);
  await expect(first.page.getByText('离线处置')).toBeVisible();
  await expect(first.page.getByText(/^离线数据/)).toBeVisible();
  await first.page.goto('/');
  await expect(first.page.getByRole('heading', { name: '我的工单' })).toBeVisible();
  await first.context.close();
  expect((await ticketOf(ticketId)).ticket.state).toBe('dispatched');
  expect(await reportedBy('grid.zhaxi.3', '离线上报')).toEqual([]);

  // Closed and opened again, still without network; two tabs see the network come back at the same time.
  const second = await phone(profile, { geolocation });
  await second.context.setOffline(true);
  await second.page.goto('/field/outbox');
  await expect(second.page.getByText('离线上报')).toBeVisible();
  const other = await second.context.newPage();
  await other.goto('/field');
  await expect(other.getByRole('heading', { name: '我的工单' })).toBeVisible();
  await second.context.setOffline(false);
  await expect(second.page.getByText('没有待发送的内容')).toBeVisible({ timeout: 20_000 });
  expect((await ticketOf(ticketId)).ticket.state).toBe('submitted');
  const sent = await reportedBy('grid.zhaxi.3', '离线上报');
  expect(sent.length).toBe(1);
  expect((await ticketOf(sent[0]!.id)).photos.length).toBe(1);
  await second.page.reload();
  await expect(second.page.getByText('没有待发送的内容')).toBeVisible();
  expect((await reportedBy('grid.zhaxi.3', '离线上报')).length).toBe(1);
  await second.context.close();
});

test('an answer that is lost on its way back does not send the command twice', async () => {
  const { longitude, latitude } = await gridOf('grid.zhaxi.4');
  const { context, page } = await phone(newProfile(), { geolocation: { longitude, latitude, accuracy: 20 } });
  await signIn(page, 'grid.zhaxi.4');
  const ids: string[] = [];
  await page.route('**/trpc/tickets.report**', async (route) => {
    ids.push(...(route.request().postData() ?? '').match(/"commandId":"[^"]+"/g)!);
    if (ids.length > 1) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await tab(page, '上报').click();
  await page.getByLabel('说明').fill('回执丢失');
  await page.getByRole('button', { name: '发送' }).click();
  await expect(page.getByText(/^已上报/)).toBeVisible({ timeout: 20_000 });
  expect(ids.length).toBe(2);
  expect(ids[0]).toBe(ids[1]);
  expect((await reportedBy('grid.zhaxi.4', '回执丢失')).length).toBe(1);
  await context.close();
});

test('a refused command waits with its reason for a person', async () => {
  const ticketId = await dispatched('grid.zhaxi.4', '改派的工单');
  const { context, page } = await phone(newProfile());
  await signIn(page, 'grid.zhaxi.4');
  await page.getByRole('list', { name: '待办' }).getByRole('link').first().click();
  await expect(page.getByText('改派的工单')).toBeVisible();
  await context.setOffline(true);
  await page.getByRole('button', { name: '回退' }).click();
  await page.getByRole('button', { name: '不在本网格' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '回退' }).click();
  await expect(page.getByText('回退待发送')).toBeVisible();
  // Meanwhile the street gives it to someone else.
  await (await as('street.zhaxi')).mutate('tickets.assign', { ticketId, workerPostId: (await gridOf('grid.zhaxi.5')).postId });
  await context.setOffline(false);
  await tab(page, '待发送').click();
  await expect(page.getByText('没有被接受')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('不在您的可见范围内').or(page.getByText('当前岗位没有这项权限')).or(page.getByText('只有承办人'))).toBeVisible();
  await page.getByRole('button', { name: '重试' }).click();
  await expect(page.getByText('没有被接受')).toBeVisible();
  await page.getByRole('button', { name: '放弃' }).click();
  await page.getByRole('button', { name: '再点一次放弃' }).click();
  await expect(page.getByText('没有待发送的内容')).toBeVisible();
  expect((await ticketOf(ticketId)).ticket.state).toBe('dispatched');
  await context.close();
});

test("another account on the same phone does not send the first one's reports", async () => {
  const { longitude, latitude } = await gridOf('grid.zhaxi.5');
  const { context, page } = await phone(newProfile(), { geolocation: { longitude, latitude, accuracy: 20 } });
  await signIn(page, 'grid.zhaxi.5');
  await kept(page);
  await tab(page, '上报').click();
  await expect(page.getByText('手机定位')).toBeVisible();
  await page.route('**/trpc/tickets.report**', (route) => route.abort('connectionreset'));
  await page.getByLabel('说明').fill('五号网格员的上报');
  await page.getByRole('button', { name: '发送' }).click();
  await tab(page, '我').click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await expect(page.getByText(/还有 1 件待发送/)).toBeVisible();
  await noSeriousFindings(page);
  await page.getByRole('button', { name: '仍然退出' }).click();
  await expect(page.getByLabel('密码')).toBeVisible();
  await page.unroute('**/trpc/tickets.report**');
  await signIn(page, 'grid.zhaxi.6');
  await tab(page, '待发送').click();
  await expect(page.getByText('没有待发送的内容')).toBeVisible();
  await tab(page, '我').click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await expect(page.getByLabel('密码')).toBeVisible();
  expect(await reportedBy('grid.zhaxi.6', '五号网格员的上报')).toEqual([]);
  expect(await reportedBy('grid.zhaxi.5', '五号网格员的上报')).toEqual([]);
  await signIn(page, 'grid.zhaxi.5');
  await expect.poll(async () => (await reportedBy('grid.zhaxi.5', '五号网格员的上报')).length, { timeout: 20_000 }).toBe(1);
  await context.close();
});

test('a session that ended while something waits asks to sign in and keeps it', async () => {
  const { longitude, latitude } = await gridOf('grid.zhaxi.6');
  const { context, page } = await phone(newProfile(), { geolocation: { longitude, latitude, accuracy: 20 } });
  await signIn(page, 'grid.zhaxi.6');
  await tab(page, '上报').click();
  await expect(page.getByText('手机定位')).toBeVisible();
  await context.clearCookies();
  await page.getByLabel('说明').fill('登录已失效');
  await page.getByRole('button', { name: '发送' }).click();
  await expect(page.getByLabel('密码')).toBeVisible();
  await signIn(page, 'grid.zhaxi.6');
  await expect.poll(async () => (await reportedBy('grid.zhaxi.6', '登录已失效')).length, { timeout: 20_000 }).toBe(1);
  await context.close();
});

test('a checker sends work back once, sees the new photos and closes it; the list follows without reload', async () => {
  const here = await gridOf('grid.zhaxi.1');
  const worker = await phone(newProfile(), { geolocation: { longitude: here.longitude, latitude: here.latitude, accuracy: 9 } });
  await signIn(worker.page, 'grid.zhaxi.1');
  const checker = await phone(newProfile());
  await signIn(checker.page, 'verify.zhaxi');
  const toCheck = checker.page.getByRole('list', { name: '待核查' }).getByRole('link');
  const found = (ticketId: string): Locator => checker.page.locator(`a[href="/field/tickets/${ticketId}"]`);
  const ticketId = await dispatched('grid.zhaxi.1', '核查用的工单', 60);
  // Nobody reloads: the worker hears of it.
  await worker.page.locator(`a[href="/field/tickets/${ticketId}"]`).click({ timeout: 5000 });

  const handle = async (): Promise<void> => {
    await slot(worker.page, 'after').setInputFiles(await phonePhoto(worker.page, 'after'));
    await worker.page.getByRole('button', { name: '反馈' }).click();
    await expect(worker.page.getByText('已反馈').first()).toBeVisible();
  };
  await worker.page.getByRole('button', { name: '签收' }).click();
  await expect(worker.page.getByText('已签收')).toBeVisible();
  await slot(worker.page, 'before').setInputFiles(await phonePhoto(worker.page, 'before'));
  await handle();

  await expect(found(ticketId)).toBeVisible({ timeout: 5000 });
  await expect(toCheck.first()).toBeVisible();
  await found(ticketId).click();
  await expect(checker.page.getByRole('list', { name: '照片' }).getByRole('img')).toHaveCount(2);
  await noSeriousFindings(checker.page);
  await checker.page.getByRole('button', { name: '返工' }).click();
  await noSeriousFindings(checker.page);
  await checker.page.getByRole('dialog').getByRole('button', { name: '没有处置干净' }).click();
  await checker.page.getByRole('dialog').getByRole('button', { name: '返工' }).click();
  await expect(checker.page.getByText('已返工')).toBeVisible();

  await expect(worker.page.getByText('还缺照片：处置后')).toBeVisible({ timeout: 5000 });
  await expect(worker.page.getByText('没有处置干净')).toBeVisible();
  await handle();
  await checker.page.getByRole('button', { name: '核查通过' }).click({ timeout: 5000 });
  await checker.page.getByRole('dialog').getByRole('button', { name: '核查通过' }).click();
  await expect(checker.page.getByText('已核查通过')).toBeVisible();
  await checker.page.getByRole('button', { name: '结案' }).click();
  await expect(checker.page.getByText('已结案').first()).toBeVisible();
  // The page may show what it expects while the command is on its way.
  await expect
    .poll(async () => {
      const { ticket } = await ticketOf(ticketId);
      return [ticket.state, ticket.rework_count];
    })
    .toEqual(['closed', 1]);
  await worker.context.close();
  await checker.context.close();
});
