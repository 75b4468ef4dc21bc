import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { PHONE, signedIn, useProduct } from './product.ts';

/** The ticket part of journey 2 at the desk, with the mouse and with the keyboard alone, and what the list promises. */
const product = useProduct();

/** Asks the API as the context's user, past the screen. */
async function ask<T>(context: BrowserContext, path: string, input: unknown = {}): Promise<T> {
  const answer = await context.request.get(`/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`);
  expect(answer.status(), await answer.text()).toBe(200);
  return ((await answer.json()) as { result: { data: T } }).result.data;
}

let commands = 0;
async function tell<T>(context: BrowserContext, path: string, input: Record<string, unknown>): Promise<T> {
  commands += 1;
  const commandId = `01890000-0000-7000-8000-${String(commands).padStart(12, '0')}`;
  const answer = await context.request.post(`/trpc/${path}`, { data: { commandId, ...input }, headers: { origin: product.url } });
  expect(answer.status(), await answer.text()).toBe(200);
  return ((await answer.json()) as { result: { data: T } }).result.data;
}

const rows = (page: Page) => page.getByRole('grid', { name: '工单列表' }).locator('[role=row][data-id]');
const status = (page: Page) => page.getByRole('status');

async function openList(page: Page, query = ''): Promise<void> {
  await page.goto(`/desk/tickets${query}`);
  await expect(page.getByRole('grid', { name: '工单列表' })).toHaveAttribute('aria-busy', 'false');
}

/** No serious violation, and nothing wider than the window. */
async function expectUsable(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).exclude('.maplibregl-map').analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}

test('with the mouse: report, then dispatch to the grid’s worker from the list', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  await openList(page);
  await expect(page.getByText('还没有工单')).toBeVisible();
  await page.getByRole('link', { name: '上报', exact: true }).first().click();

  await page.getByLabel('部件/事件').selectOption('事件');
  await page.getByRole('combobox', { name: /小类/ }).click();
  await page.getByRole('combobox', { name: /小类/ }).fill('非法小广告');
  await page.getByRole('option', { name: /非法小广告/ }).click();
  await expect(page.getByRole('radio', { name: /公共设施上张贴.*限 1 工作日.*结案条件：清除/ })).toBeChecked();
  await page.getByLabel('问题描述').fill('电线杆上成片小广告');
  await page.getByRole('combobox', { name: '网格' }).click();
  await page.getByRole('combobox', { name: '网格' }).fill('扎细社区第1');
  await page.getByRole('option', { name: '扎细社区第1网格' }).click();
  await expect(page.getByText('扎细街道 › 扎细社区居委会 › 扎细社区第1网格')).toBeVisible();
  // The worker of that grid is proposed; this one is dispatched from the list instead.
  await expect(page.getByLabel('上报后派给')).toContainText('WG0501');
  await expect(page.getByRole('button', { name: '上报并派遣' })).toBeEnabled();
  await page.getByLabel('上报后派给').selectOption({ label: '先不派遣' });
  await page.getByRole('button', { name: '上报', exact: true }).click();
  await expect(page.getByText('本次已上报 1 件')).toBeVisible();

  await page.getByRole('navigation').getByRole('link', { name: '工单' }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText('待派遣');
  await rows(page).first().getByRole('button', { name: '派遣' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('combobox', { name: /责任单位/ })).toHaveValue(/扎细街道.*按位置/);
  await expect(dialog.getByLabel('承办人')).toContainText('WG0501');
  await dialog.getByRole('button', { name: '派遣' }).click();
  await expect(dialog).toBeHidden();
  await expect(rows(page).first()).toContainText('待签收');
  await expect(rows(page).first()).toContainText('WG0501');
  await context.close();
});

test('with the keyboard alone: two more tickets, one dispatched on the way, one from the list; then the ticket’s page', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  await openList(page);
  const keys = async (...names: string[]): Promise<void> => {
    for (const name of names) await page.keyboard.press(name);
  };
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      const labels = await focused.evaluate(
        (element) =>
          (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement
            ? [...(element.labels ?? [])].map((label) => label.innerText).join()
            : '') ||
          element.textContent ||
          '',
      );
      if (name.test(labels)) return;
    }
    throw new Error(`Tab does not come to ${name.source}`);
  };
  const report = async (grid: string): Promise<void> => {
    await page.keyboard.type('墙面小广告未清');
    await tabTo(/^网格/);
    await page.keyboard.type(grid);
    await expect(page.getByRole('option', { name: grid })).toBeVisible();
    await keys('Enter');
    await expect(page.getByText(`› ${grid}`)).toBeVisible();
  };
  await keys('n');
  await expect(page).toHaveURL(/\/desk\/tickets\/new/);
  await expect(page.getByLabel('部件/事件')).toBeVisible();
  await tabTo(/小类/);
  await page.keyboard.type('非法小广告');
  await expect(page.getByRole('option', { name: /^非法小广告/ })).toBeVisible();
  await keys('Enter');
  await tabTo(/问题描述/);
  await report('扎细社区第2网格');
  await expect(page.getByLabel('上报后派给')).toContainText('WG0502');
  await keys('Control+Enter');
  await expect(page.getByText('本次已上报 1 件')).toBeVisible();
  await expect(page.getByText(/已派给 .*WG0502，时限 2023年11月29日/)).toBeVisible();
  // The form stays, with the cursor in the description of the next one.
  await report('扎细社区第3网格');
  await expect(page.getByRole('button', { name: '上报并派遣' })).toBeEnabled();
  await tabTo(/上报后派给/);
  await keys('Home');
  await expect(page.getByRole('button', { name: '上报', exact: true })).toBeEnabled();
  await keys('Control+Enter');
  await expect(page.getByText('本次已上报 2 件')).toBeVisible();

  await openList(page);
  await expect(rows(page)).toHaveCount(3);
  await keys('t', 'd');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('承办人')).toContainText('WG0503');
  await tabTo(/派遣/);
  await keys('Enter');
  await expect(dialog).toBeHidden();
  await expect(rows(page).first()).toContainText('待签收');
  await expect(rows(page).first()).toContainText('WG0503');

  await keys('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^\d{8}-\d{8}$/);
  await expect(page.getByText(/限 1 工作日：从 2023年11月28日 .* 派遣起算/)).toBeVisible();
  await expect(page.getByRole('list', { name: '办理经过' })).toContainText('扎细街道 · 扎细街道承办岗');
  // Not allowed now, and why.
  await expect(page.getByRole('button', { name: '结案' })).toBeDisabled();
  await expect(page.getByRole('button', { name: '结案' })).toHaveAccessibleDescription(/当前是“待签收”/);
  await keys('r');
  await expect(page.getByRole('dialog').getByRole('button', { name: '回退' })).toBeDisabled();
  await page.keyboard.type('不是本街道的事');
  await tabTo(/回退/);
  await keys('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.locator('.page-head')).toContainText('已回退');
  await expect(page.getByRole('list', { name: '办理经过' })).toContainText('理由：不是本街道的事');
  await keys('Escape');
  await expect(page).toHaveURL(/\/desk\/tickets$/);

  await keys('?');
  await expect(page.getByRole('dialog', { name: '键盘操作' })).toContainText('回退');
  await keys('Escape');
  await context.close();
});

test('many at once: one answer per ticket, and a live change leaves mark and place alone', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  const { post } = await ask<{ post: { areaId: string } }>(context, 'auth.me');
  const { items } = await ask<{ items: { shape: number[][][][] }[] }>(context, 'jurisdictions.list', { kind: 'grid', parentId: post.areaId, withShape: true, limit: 50 });
  const middles = items.map(({ shape }) => shape[0]![0]!.slice(1)).map((ring) => [0, 1].map((axis) => ring.reduce((sum, position) => sum + position[axis]! / ring.length, 0)) as [number, number]);
  const made: string[] = [];
  for (let i = 0; i < 60; i += 1) {
    const [longitude, latitude] = middles[i % middles.length]!;
    made.push((await tell<{ ticketId: string }>(context, 'tickets.report', { longitude, latitude, text: `第${i + 1}处占道经营`, place: '扎细路' })).ticketId);
  }

  await openList(page, '?state=pending_dispatch');
  await expect(status(page).filter({ hasText: /^共 60 条/ })).toBeVisible();
  const grid = page.getByRole('grid', { name: '工单列表' });
  await grid.evaluate((element) => (element.scrollTop = 340));
  await page.keyboard.press('t');
  for (const key of ['ArrowDown', 'x', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
  await expect(page.getByText('已选 3 条')).toBeVisible();
  const marked = await grid.locator('[aria-selected=true]').evaluateAll((elements) => elements.map((element) => element.getAttribute('data-id')!));
  const topRow = await grid.evaluate((element) => Math.round(element.scrollTop));

  // A colleague dispatches one of the three and reports a new one: both show here, nothing jumps.
  const other = await signedIn(browser, product, 'street.zhaxi');
  await tell(other.context, 'tickets.report', { longitude: middles[0]![0], latitude: middles[0]![1], text: '新来的一件', place: '扎细路' });
  await expect(status(page).filter({ hasText: /^共 61 条/ })).toBeVisible({ timeout: 2000 });
  await expect(grid.locator('[aria-selected=true]')).toHaveCount(3);
  expect(await grid.evaluate((element) => Math.round(element.scrollTop))).toBe(topRow + 34);
  await tell(other.context, 'tickets.dispatch', { ticketId: marked[1] });
  await expect(status(page).filter({ hasText: /^共 60 条/ })).toBeVisible({ timeout: 2000 });

  await page.keyboard.press('d');
  await expect(page.getByRole('dialog', { name: '派遣 3 件工单' })).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: '派遣', exact: true }).click();
  await expect(page.getByText('成功 2 件，未成功 1 件')).toBeVisible();
  await expect(page.getByRole('dialog').getByRole('listitem').first()).toContainText('当前是“待签收”，不能这样做');
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click();
  await expect(status(page).filter({ hasText: /^共 58 条/ })).toBeVisible();

  // All that the filter finds.
  await page.keyboard.press('t');
  await page.keyboard.press('x');
  await page.getByRole('button', { name: '选择前 1000 条' }).click();
  await expect(page.getByText('已选 58 条')).toBeVisible();
  await page.keyboard.press('d');
  await page.getByRole('dialog').getByRole('button', { name: '派遣', exact: true }).click();
  await expect(page.getByText('成功 58 件，未成功 0 件')).toBeVisible();
  await other.context.close();
  await context.close();
});

test('the address bar holds the filter, the order and the place; the back button finds them again', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  await openList(page);
  await page.keyboard.press('/');
  await page.keyboard.type('占道');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/text=/);
  await expect(status(page).filter({ hasText: /^共 60 条/ })).toBeVisible();
  await page.getByRole('button', { name: '待签收', exact: true }).click();
  await expect(page).toHaveURL(/state=dispatched/);
  await page.getByRole('button', { name: '时限' }).click();
  await expect(page).toHaveURL(/sort=due/);
  await page.getByRole('combobox', { name: '网格' }).fill('扎细社区第1');
  await page.getByRole('option', { name: '扎细社区第1网格' }).click();
  await page.getByRole('button', { name: '查询' }).click();
  await expect(page).toHaveURL(/grid=jur_/);
  await expect(page.getByRole('grid', { name: '工单列表' })).toHaveAttribute('aria-busy', 'false');
  const shared = page.url();
  const numbers = await rows(page).locator('a').allInnerTexts();
  expect(numbers.length).toBeGreaterThan(0);

  await rows(page).first().locator('a').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(numbers[0]!);
  await page.goBack();
  await expect(page).toHaveURL(shared);
  await expect.poll(() => rows(page).locator('a').allInnerTexts()).toEqual(numbers);
  await page.goBack();
  await expect(page).not.toHaveURL(/grid=/);

  const colleague = await signedIn(browser, product, 'street.zhaxi');
  await colleague.page.goto(shared);
  await expect.poll(() => rows(colleague.page).locator('a').allInnerTexts()).toEqual(numbers);
  await expect(colleague.page.getByLabel('关键字')).toHaveValue('占道');
  await colleague.page.getByRole('button', { name: '重置' }).click();
  await expect(colleague.page).toHaveURL(/\/desk\/tickets\?sort=due$/);
  await expect(status(colleague.page).filter({ hasText: /^共 6\d 条/ })).toBeVisible();
  await colleague.context.close();
  await context.close();
});

test('someone was faster: the ticket is loaded anew and the form says so', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  const { rows: found } = await ask<{ rows: { id: string }[] }>(context, 'tickets.list', { states: ['dispatched'], text: '占道', limit: 1 });
  const ticketId = found[0]!.id;
  await page.goto(`/desk/tickets/${ticketId}`);
  await expect(page.locator('.page-head')).toContainText('待签收');
  await page.keyboard.press('q');
  await expect(page.getByRole('dialog')).toBeVisible();
  await tell(context, 'tickets.accept', { ticketId });
  await page.getByRole('dialog').getByRole('button', { name: '签收' }).click();
  await expect(page.getByRole('dialog').getByText('已载入最新内容，请看过再操作。')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.page-head')).toContainText('处置中');
  await context.close();
});

test('work with photos, checked by someone else', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  const { rows: found } = await ask<{ rows: { id: string }[] }>(context, 'tickets.list', { states: ['handling'], text: '占道', limit: 1 });
  await page.goto(`/desk/tickets/${found[0]!.id}`);
  await page.getByRole('button', { name: /^反馈/ }).click();
  const dialog = page.getByRole('dialog');
  const picture = async (colour: string): Promise<Buffer> =>
    Buffer.from(
      await page.evaluate(async (fill) => {
        const canvas = new OffscreenCanvas(320, 240);
        const paint = canvas.getContext('2d')!;
        paint.fillStyle = fill;
        paint.fillRect(0, 0, 320, 240);
        return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())];
      }, colour),
    );
  await dialog
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'before.jpg', mimeType: 'image/jpeg', buffer: await picture('#886644') });
  await dialog.getByRole('button', { name: '反馈' }).click();
  await expect(dialog.getByRole('alert')).toContainText('还缺照片：处置后');
  await dialog
    .locator('input[type=file]')
    .last()
    .setInputFiles({ name: 'after.jpg', mimeType: 'image/jpeg', buffer: await picture('#668844') });
  await dialog.getByRole('button', { name: '反馈' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('.page-head')).toContainText('待核查');
  await page.getByRole('list', { name: '处置后' }).getByRole('button').click();
  await expect(page.getByRole('dialog', { name: '处置后' }).getByRole('img')).toHaveJSProperty('complete', true);
  await page.keyboard.press('Escape');
  // The street handled it, so the street cannot check it.
  await expect(page.getByRole('button', { name: /^核查通过/ })).toBeDisabled();
  await context.close();

  const verifier = await signedIn(browser, product, 'verify.zhaxi');
  await verifier.page.goto(`/desk/tickets/${found[0]!.id}`);
  await expect(verifier.page.locator('.page-head')).toContainText('待核查');
  await expect(verifier.page.getByRole('list', { name: '处置前' }).getByRole('img')).toBeVisible();
  await verifier.context.close();
});

test('a place by clicking on the map or typing it; what may be the same is said before it is reported', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  await page.goto('/desk/tickets/new');
  const map = page.getByRole('region', { name: '点一下地图确定位置' });
  await expect(map).toHaveAttribute('data-ready', 'true', { timeout: 30_000 });
  await expect(page.getByText('图上界线为示意')).toBeVisible();
  await map.click({ position: { x: 260, y: 260 } });
  await expect(page.getByLabel(/经度, 纬度/)).toHaveValue(/^91\.\d{6}, 29\.\d{6}$/);
  await expect(page.getByText(/拉萨市 › 城关区 › .*责任单位：/)).toBeVisible();

  const { rows: found } = await ask<{ rows: { longitude: number; latitude: number }[] }>(context, 'tickets.list', { text: '占道', limit: 1 });
  await page.getByLabel(/经度, 纬度/).fill(`${found[0]!.longitude}, ${found[0]!.latitude}`);
  await expect(page.getByText(/50 米、24 小时内已有 \d+ 件相近的工单/)).toBeVisible();
  await expect(page.getByText(/0 米 · .*前 · .*占道经营/).first()).toBeVisible();
  await page.getByLabel(/经度, 纬度/).fill('121.47, 31.23');
  await expect(page.getByText('位置不在本市辖区内')).toBeVisible();
  await expect(page.getByRole('button', { name: '上报', exact: true })).toBeDisabled();
  await context.close();
});

test('no serious accessibility violation, on a wide screen and at 360 px', async ({ browser }) => {
  test.setTimeout(180_000);
  for (const options of [{}, PHONE]) {
    const { context, page } = await signedIn(browser, product, 'street.zhaxi', options);
    await openList(page);
    await expect(rows(page).first()).toBeVisible();
    await expectUsable(page);
    const id = await rows(page).first().getAttribute('data-id');
    await page.goto(`/desk/tickets/${id}`);
    await expect(page.getByRole('heading', { name: '办理经过' })).toBeVisible();
    await expectUsable(page);
    await page
      .getByRole('button', { name: /^回退|^派遣/ })
      .and(page.locator(':enabled'))
      .first()
      .click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectUsable(page);
    await page.keyboard.press('Escape');
    await page.goto('/desk/tickets/new');
    await expect(page.getByLabel('部件/事件')).toBeVisible();
    await expectUsable(page);
    await page.goto('/desk/map');
    await expect(page.getByRole('region', { name: '街道、网格和工单' })).toHaveAttribute('data-ready', 'true', { timeout: 30_000 });
    await expect(page.getByText('图上界线为示意')).toBeVisible();
    await expectUsable(page);
    await context.close();
  }
});
