import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { newCommandId } from '@baxing/kernel';
import { type Browser, type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { phonePhoto } from './phone-photo.ts';
import { PHONE, signedIn, useProduct } from './product.ts';

/**
 * The half of the main job between the plan and the street: J1's assignment, J2's acceptance, the board of J5 down to the photo, J6, J8 and J9.
 * One product; the plan is imported, mended and published past the screen, which j1-plan.spec.ts drives.
 */
const product = useProduct();
const PLAN_FILE = fileURLToPath(new URL('../../../../packages/campaigns/data/八大行动任务分解表.xlsx', import.meta.url));
const PHOTO_MS_MAX = 2_000;

async function ask<T>(context: BrowserContext, path: string, input: unknown = {}): Promise<T> {
  const answer = await context.request.get(`/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`);
  expect(answer.status(), await answer.text()).toBe(200);
  return ((await answer.json()) as { result: { data: T } }).result.data;
}
async function tell<T>(context: BrowserContext, path: string, input: Readonly<Record<string, unknown>>): Promise<T> {
  const answer = await context.request.post(`/trpc/${path}`, { data: { commandId: newCommandId(Date.now(), randomFillSync), ...input }, headers: { origin: product.url } });
  expect(answer.status(), await answer.text()).toBe(200);
  return ((await answer.json()) as { result: { data: T } }).result.data;
}

let campaignId = '';
/** By the plan's own number. */
const tasks = new Map<number, string>();

async function expectUsable(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}

const rowsOf = (page: Page): Locator => page.getByRole('grid', { name: '分派清单' }).locator('[role=row][data-id]');
async function openList(page: Page, query = ''): Promise<void> {
  await page.goto(`/desk/assignments${query}`);
  await expect(page.getByRole('grid', { name: '分派清单' })).toHaveAttribute('aria-busy', 'false');
}
async function openDialog(browser: Browser, userName: string, no: number): Promise<{ context: BrowserContext; page: Page; dialog: Locator }> {
  const { context, page } = await signedIn(browser, product, userName);
  await page.goto(`/desk/tasks/${tasks.get(no)}`);
  await page.getByRole('button', { name: /^分派/ }).first().click();
  const dialog = page.getByRole('dialog', { name: '分派任务' });
  await expect(dialog.getByText('还没有选承担单位')).toBeVisible();
  return { context, page, dialog };
}
/** What the server holds of a task: short name → state and number. */
async function shares(context: BrowserContext, no: number): Promise<Record<string, string>> {
  const { rows } = await ask<{ rows: { unit: { shortName: string }; state: string; target: number }[] }>(context, 'assignments.list', { taskId: tasks.get(no), limit: 200 });
  return Object.fromEntries(rows.map((row) => [row.unit.shortName, `${row.state} ${row.target}`]));
}
async function pickUnit(dialog: Locator, page: Page, words: string, name: string | RegExp): Promise<void> {
  const box = dialog.getByRole('combobox', { name: '单位', exact: true });
  await box.click();
  await box.fill(words);
  await page.getByRole('option', { name }).click();
}

test('the board of a campaign without assignments says what to do next', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'leader');
  await page.goto('/board');
  await expect(page.getByText('还没有分派')).toBeVisible();
  await expectUsable(page);
  await context.close();
});

test('the plan is published', async ({ browser }) => {
  const { context } = await signedIn(browser, product, 'office');
  campaignId = (await ask<{ rows: { campaignId: string }[] }>(context, 'campaigns.list')).rows[0]!.campaignId;
  const draft = await tell<{ importId: string; version: number }>(context, 'campaigns.importPreview', { campaignId, fileName: '八大行动任务分解表.xlsx', contentBase64: readFileSync(PLAN_FILE).toString('base64') });
  const mended = await tell<{ version: number }>(context, 'campaigns.importMend', {
    importId: draft.importId,
    version: draft.version,
    mends: [
      { row: 15, column: 'deadline', value: '2023-12-31' },
      { row: 20, column: 'responsible', name: '塔玛街道办事处', choice: 'leave_open' },
      { row: 21, column: 'target', value: 20 },
      { row: 24, column: 'responsible', choice: 'create_unit' },
    ],
  });
  await tell(context, 'campaigns.importCommit', { importId: draft.importId, version: mended.version });
  await tell(context, 'campaigns.publish', { campaignId });
  for (const row of (await ask<{ rows: { no: number; taskId: string }[] }>(context, 'tasks.list', { campaignId, limit: 200 })).rows) tasks.set(row.no, row.taskId);
  expect(tasks.size).toBe(25);
  await context.close();
});

test('J1: 45 处 go to a street and a police station by hand, and nothing is sent that does not add up', async ({ browser }) => {
  const { context, page, dialog } = await openDialog(browser, 'taskforce.sanitation', 9);
  await expect(dialog).toContainText('目标 45 处，已分派 0 处，还有 45 处没有分派');
  await expect(dialog.getByLabel('完成时限')).toHaveValue('2023-12-10');
  await pickUnit(dialog, page, '扎细街道', '扎细街道办事处');
  await pickUnit(dialog, page, '扎细派出所', /扎细派出所/);
  const table = dialog.getByRole('table', { name: '承担单位' });
  await expect(table.getByRole('row', { name: /扎细街道办事处/ })).toContainText('23');
  await expect(table.getByRole('row', { name: /扎细派出所/ })).toContainText('22');
  await expect(dialog.getByText('每个 22 处，余下的 1 处由前 1 个各多分 1 处')).toBeVisible();
  await expectUsable(page);

  await dialog.getByLabel('手工填写').check();
  await table.getByRole('textbox', { name: /扎细街道办事处/ }).fill('25');
  await expect(dialog.getByText('合计 47 处，多了 2 处')).toBeVisible();
  const confirm = dialog.getByRole('button', { name: '分派给 2 个' });
  await expect(confirm).toBeDisabled();
  await table.getByRole('textbox', { name: /扎细派出所/ }).fill('20');
  await expect(dialog.getByText('合计 45 处，与本次分派相等')).toBeVisible();
  // Beyond the task's own deadline is refused in words.
  await dialog.getByLabel('完成时限').fill('2023-12-25');
  await expect(dialog.getByText('时限不能晚于任务的时限 2023年12月10日。')).toBeVisible();
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel('完成时限').fill('2023-12-10');
  await dialog.getByLabel('说明').fill('先清主干道');
  await confirm.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('已分派给 2 个单位，共 45 处')).toBeVisible();
  expect(await shares(context, 9)).toEqual({ 扎细街道: 'assigned 25', 扎细派出所: 'assigned 20' });

  // Who holds the task cannot be chosen again, and nothing is left.
  await page.getByRole('button', { name: /^分派/ }).first().click();
  await expect(dialog.getByText('任务的数量已全部分派。')).toBeVisible();
  await dialog.getByRole('combobox', { name: '单位', exact: true }).fill('扎细街道');
  await expect(page.getByRole('option', { name: '扎细街道办事处（已承担 25 处）' })).toHaveAttribute('data-disabled', '');
  await context.close();
});

test('J2: the street accepts with the keyboard alone and sees the four questions', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  await openList(page);
  await expect(rowsOf(page)).toHaveCount(1);
  await expect(rowsOf(page).first()).toContainText('待签收');
  await page.keyboard.press('t');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('q');
  const dialog = page.getByRole('dialog', { name: '签收 · 扎细街道' });
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(rowsOf(page).first()).toContainText('办理中');
  // A key that does not fit the state says why.
  await page.keyboard.press('q');
  await expect(page.getByText('当前是“办理中”，不能签收')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/desk\/assignments\/asg_/);
  for (const question of ['干什么', '怎么干', '谁来干', '干到什么程度']) await expect(page.getByRole('heading', { name: question, exact: true })).toBeVisible();
  await expect(page.getByText('同一点位7日内不复发')).toBeVisible();
  await expect(page.getByText('先清主干道').first()).toBeVisible();
  await expect(page.getByText('2023年12月10日').first()).toBeVisible();
  await expectUsable(page);
  await page.getByRole('link', { name: '新建工单' }).click();
  await expect(page).toHaveURL(/\/desk\/tickets\/new\?assignment=asg_/);
  await context.close();
});

test('J5: the board moves within two seconds of a report, without reload, and ends at the photo', async ({ browser }) => {
  const force = await signedIn(browser, product, 'taskforce.sanitation');
  const street = await signedIn(browser, product, 'street.zhaxi');
  await force.page.goto('/desk/progress');
  const cell = force.page.getByRole('button', { name: /^环境卫生整治，扎细街道：/ });
  await expect(cell).toHaveAccessibleName(/正常；分派 1 项.*已核查 0%，已上报 0%；工单结案 0，未结 0/);
  // A reload would lose it.
  await force.page.evaluate(() => Object.assign(window, { stayed: true }));

  const { rows } = await ask<{ rows: { assignmentId: string }[] }>(street.context, 'assignments.list', { taskId: tasks.get(9) });
  const assignmentId = rows[0]!.assignmentId;
  await street.page.goto(`/desk/assignments/${assignmentId}`);
  await street.page.getByRole('button', { name: '上报进度' }).click();
  const dialog = street.page.getByRole('dialog', { name: /上报进度/ });
  await dialog.getByLabel('本次完成（处）').fill('0');
  await expect(dialog.getByText('数量不能是 0。')).toBeVisible();
  await dialog.getByLabel('本次完成（处）').fill('2.5');
  await expect(dialog.getByText('请填数字，小数不超过 0 位')).toBeVisible();
  await dialog.getByLabel('本次完成（处）').fill('10');
  await expect(dialog.getByText('上报后累计 10 处，目标 25 处')).toBeVisible();
  await dialog.getByLabel('说明').fill('主干道已清');
  await dialog.locator('input[type=file]').setInputFiles(await phonePhoto(street.page, '清理后'));
  await dialog.getByRole('button', { name: '上报进度' }).click();
  await expect(dialog).toBeHidden();
  await expect(cell).toHaveAccessibleName(/已上报 40%/, { timeout: PHOTO_MS_MAX });
  await expect(force.page.getByRole('status').filter({ hasText: '环境卫生整治 · 扎细街道：已上报 40%' })).toBeVisible();
  await expect(street.page.getByRole('img', { name: '目标 25 处，已上报 10 处，已核查 0 处' })).toBeVisible();
  await expect(street.page.getByRole('list', { name: /上报$/ }).getByRole('img')).toBeVisible();

  const photo = await phonePhoto(street.page, '现场');
  const stored = await street.context.request.post('/files', { multipart: { file: photo }, headers: { origin: product.url } });
  const { fileId } = (await stored.json()) as { fileId: string };
  const { ticketId } = await tell<{ ticketId: string }>(street.context, 'tickets.report', { longitude: 91.13, latitude: 29.67, text: '巷口小广告', assignmentId, photos: [{ fileId, stage: 'scene' }] });
  await expect(cell).toHaveAccessibleName(/工单结案 0，未结 1/, { timeout: PHOTO_MS_MAX });
  expect(await force.page.evaluate(() => 'stayed' in window)).toBe(true);

  // Cell → assignment → ticket → photo; the browser's back goes up again.
  await cell.click();
  const detail = force.page.getByRole('complementary', { name: '明细' });
  await expect(detail.getByRole('heading', { name: '环境卫生整治 · 扎细街道' })).toBeFocused();
  await detail.getByRole('button', { name: /牛皮癣小广告清理/ }).click();
  await expect(detail.getByText('+10 处')).toBeVisible();
  await expectUsable(force.page);
  await detail.getByRole('button', { name: /^\d{8}-\d+$/ }).click();
  await detail.getByRole('list', { name: '现场' }).getByRole('button').click();
  const shown = force.page.locator('dialog[open] img');
  await expect(shown).toBeVisible();
  expect(await shown.evaluate(async (image: HTMLImageElement) => (await image.decode(), image.naturalWidth))).toBeGreaterThan(100);
  expect(await shown.getAttribute('src')).toContain(fileId);
  await force.page.keyboard.press('Escape');
  await expect(force.page).toHaveURL(new RegExp(`ticket=${ticketId}`));
  await force.page.goBack();
  await expect(detail.getByText('+10 处')).toBeVisible();
  await force.page.goBack();
  await expect(detail.getByRole('button', { name: /牛皮癣小广告清理/ })).toBeVisible();
  await detail.getByRole('button', { name: '关闭明细' }).click();
  await expect(detail).toBeHidden();
  await Promise.all([force.context.close(), street.context.close()]);
});

test('J6: a police station returns its share with a reason, and it is given to another', async ({ browser }) => {
  const station = await signedIn(browser, product, 'station.zhaxi');
  const force = await signedIn(browser, product, 'taskforce.sanitation');
  await openList(force.page, '?box=todo');
  await expect(force.page.getByText('没有待办的分派')).toBeVisible();

  await openList(station.page);
  await rowsOf(station.page).first().getByRole('button', { name: '退回' }).click();
  const dialog = station.page.getByRole('dialog', { name: '退回 · 扎细派出所' });
  await expect(dialog.getByRole('button', { name: '退回' })).toBeDisabled();
  await dialog.getByLabel('原因').fill('辖区内点位属街道管理');
  await dialog.getByRole('button', { name: '退回' }).click();
  await expect(dialog).toBeHidden();
  await expect(rowsOf(station.page).first()).toContainText('已退回');

  // It comes to the task force by itself.
  await expect(rowsOf(force.page)).toHaveCount(1);
  await rowsOf(force.page).first().getByRole('link').click();
  await expect(force.page.getByText('辖区内点位属街道管理').first()).toBeVisible();
  await force.page.keyboard.press('g');
  const again = force.page.getByRole('dialog', { name: '重新分派' });
  await expect(again.getByText('把城关公安分局扎细派出所承担的 20 处交给别的单位')).toBeVisible();
  await expect(again.getByLabel('本次分派（处）')).toHaveValue('20');
  await pickUnit(again, force.page, '两岛', '两岛街道办事处');
  await pickUnit(again, force.page, '吉日', '吉日街道办事处');
  await again.getByLabel('按权重').check();
  await again.getByLabel('两岛街道办事处的权重').fill('3');
  await expect(again.getByRole('row', { name: /两岛街道办事处/ })).toContainText('15');
  await expect(again.getByRole('row', { name: /吉日街道办事处/ })).toContainText('5');
  await again.getByRole('button', { name: '分派给 2 个' }).click();
  await expect(again).toBeHidden();
  await expect(force.page.getByText('这份分派已改派给别的单位')).toBeVisible();
  expect(await shares(force.context, 9)).toEqual({ 扎细街道: 'accepted 25', 扎细派出所: 'reassigned 20', 两岛街道: 'assigned 15', 吉日街道: 'assigned 5' });
  await Promise.all([force.context.close(), station.context.close()]);
});

test('J8: 800 辆 by weight; three reports, a part sent back, the rest made good and verified', async ({ browser }) => {
  const { context, page, dialog } = await openDialog(browser, 'taskforce.traffic', 7);
  await dialog.getByRole('button', { name: '责任单位（2）' }).click();
  await dialog.getByLabel('按权重').check();
  await dialog.getByLabel(/城南大队的权重/).fill('3');
  await expect(dialog.getByRole('row', { name: /城南大队/ })).toContainText('600');
  await expect(dialog.getByRole('row', { name: /扎细派出所/ })).toContainText('200');
  await expect(dialog.getByText('合计 800 辆')).toBeVisible();
  await dialog.getByRole('button', { name: '分派给 2 个' }).click();
  await expect(dialog).toBeHidden();
  expect(await shares(context, 7)).toEqual({ 城南大队: 'assigned 600', 扎细派出所: 'assigned 200' });

  const brigade = await signedIn(browser, product, 'brigade.chengnan');
  const desk = brigade.page;
  await openList(desk);
  await rowsOf(desk).first().getByRole('link').click();
  await expect(desk).toHaveURL(/\/desk\/assignments\/asg_/);
  await desk.getByRole('button', { name: '签收' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: '签收' }).click();
  await expect(desk.getByRole('dialog')).toBeHidden();
  const report = async (value: string, words: string) => {
    await desk.keyboard.press('p');
    const form = desk.getByRole('dialog', { name: /上报进度/ });
    await form.getByLabel('本次完成（辆）').fill(value);
    if (words) await form.getByLabel('说明').fill(words);
    await form.getByRole('button', { name: '上报进度' }).click();
    await expect(form).toBeHidden();
  };
  // Without a report there is nothing to hand in.
  await desk.getByRole('button', { name: '提交' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: '提交' }).click();
  await expect(desk.getByRole('dialog').getByText('还没有上报新的进度，不能提交。')).toBeVisible();
  await desk.keyboard.press('Escape');
  await expect(desk.getByRole('dialog')).toBeHidden();
  await expect(desk).toHaveURL(/\/desk\/assignments\/asg_/);
  await report('400', '');
  await report('260', '夜查');
  await report('-60', '重复登记');
  await expect(desk.getByRole('img', { name: '目标 600 辆，已上报 600 辆，已核查 0 辆' })).toBeVisible();
  await desk.keyboard.press('s');
  await desk.getByRole('dialog').getByRole('button', { name: '提交' }).click();
  await expect(desk.getByRole('dialog')).toBeHidden();
  await expect(desk.getByText('待核查').first()).toBeVisible();

  await openList(page, '?box=todo');
  await rowsOf(page).first().getByRole('button', { name: '核查' }).click();
  const check = page.getByRole('dialog', { name: '核查 · 城南大队' });
  await check.getByLabel('通过数量（辆）').fill('700');
  await expect(check.getByText('通过数量要在已核查的和已上报的之间。')).toBeVisible();
  await check.getByLabel('通过数量（辆）').fill('500');
  await expect(check.getByText('其余 100 辆退回，由城南大队继续办理。')).toBeVisible();
  await expect(check.getByRole('button', { name: '核查' })).toBeDisabled();
  await check.getByLabel('退回其余部分的原因').fill('有 100 辆没有照片');
  await check.getByRole('button', { name: '核查' }).click();
  await expect(check).toBeHidden();

  // The brigade's open page follows without reload.
  await expect(desk.getByText('返工中（第 1 次退回）')).toBeVisible();
  await expect(desk.getByText('有 100 辆没有照片')).toBeVisible();
  await expect(desk.getByRole('img', { name: '目标 600 辆，已上报 500 辆，已核查 500 辆' })).toBeVisible();
  await report('100', '补齐照片');
  await desk.keyboard.press('s');
  await desk.getByRole('dialog').getByRole('button', { name: '提交' }).click();
  await expect(desk.getByRole('dialog')).toBeHidden();
  await expect(rowsOf(page)).toHaveCount(1);
  await rowsOf(page).first().getByRole('button', { name: '核查' }).click();
  await expect(check.getByText('全部通过，办结。')).toBeVisible();
  await check.getByRole('button', { name: '核查' }).click();
  await expect(check).toBeHidden();
  await expect(desk.getByText('核查通过').first()).toBeVisible();
  await expect(desk.getByText('按期办结')).toBeVisible();
  expect((await shares(context, 7))['城南大队']).toBe('verified 600');
  await Promise.all([context.close(), brigade.context.close()]);
});

test('J9: twelve streets of a district in one go, 80 处 that sum', async ({ browser }) => {
  const { context, page, dialog } = await openDialog(browser, 'taskforce.safety', 14);
  await dialog.getByRole('tab', { name: '按类型成批' }).click();
  await dialog.getByLabel('单位类型').selectOption('街道办事处');
  const area = dialog.getByRole('combobox', { name: '所在辖区' });
  await area.click();
  await area.fill('城关区');
  await page.getByRole('option', { name: '城关区', exact: true }).click();
  await dialog.getByRole('button', { name: '加入 12 个' }).click();
  await expect(dialog.getByText('每个 6 处，余下的 8 处由前 8 个各多分 1 处')).toBeVisible();
  await dialog.getByRole('button', { name: '分派给 12 个' }).click();
  await expect(page.getByText('已分派给 12 个单位，共 80 处')).toBeVisible();
  const held = Object.values(await shares(context, 14)).map((share) => Number(share.split(' ')[1]));
  expect(held).toHaveLength(12);
  expect(held.reduce((a, b) => a + b, 0)).toBe(80);

  // The list: filters live in the address and survive a reload; words are found; two tabs do not overwrite each other.
  await openList(page, '?action=safety');
  await expect(rowsOf(page)).toHaveCount(12);
  await page.getByRole('searchbox', { name: '文字' }).fill('扎细');
  await page.getByRole('button', { name: '查询' }).click();
  await expect(rowsOf(page)).toHaveCount(1);
  await expect(page).toHaveURL(/text=/);
  await page.reload();
  await expect(rowsOf(page)).toHaveCount(1);
  await page.getByRole('button', { name: '核查通过' }).click();
  await expect(page.getByText('没有符合的分派')).toBeVisible();
  await page.getByRole('button', { name: '看全部' }).click();
  await expect(rowsOf(page)).toHaveCount(12);
  await expectUsable(page);
  await context.close();
});

test('someone was quicker: the form says so, takes the new state and keeps what was typed', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  await openList(page, '?action=safety');
  const { rows } = await ask<{ rows: { assignmentId: string }[] }>(context, 'assignments.list', { taskId: tasks.get(14) });
  await page.goto(`/desk/assignments/${rows[0]!.assignmentId}`);
  await page.getByRole('button', { name: /^退回/ }).click();
  await page.getByRole('dialog').getByLabel('原因').fill('点位不在本街道');
  await tell(context, 'assignments.accept', { assignmentId: rows[0]!.assignmentId });
  await page.getByRole('dialog').getByRole('button', { name: '退回' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '别人刚刚改过' })).toBeVisible();
  await expect(page.getByRole('dialog').getByLabel('原因')).toHaveValue('点位不在本街道');
  await page.getByRole('dialog').getByRole('button', { name: '退回' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByText('已退回').first()).toBeVisible();
  await context.close();
});

test('what belongs to others is not found', async ({ browser }) => {
  const office = await signedIn(browser, product, 'office');
  const { rows } = await ask<{ rows: { assignmentId: string }[] }>(office.context, 'assignments.list', { taskId: tasks.get(7) });
  const { context, page } = await signedIn(browser, product, 'street.zhaxi');
  await page.goto(`/desk/assignments/${rows[0]!.assignmentId}`);
  await expect(page.getByText('没有找到，或者不在您的可见范围内。')).toBeVisible();
  await Promise.all([context.close(), office.context.close()]);
});

test('the leader’s board: palette, light in words, keys, and what is only late', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'leader');
  await page.goto('/board');
  await expect(page.getByRole('grid', { name: '行动 × 单位进度' })).toBeVisible();
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('#main')!).getPropertyValue('--color-brand').trim())).toBe('#8f2a22');
  await expectUsable(page);
  await page.locator('td[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: '明细' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: '明细' })).toBeHidden();
  await page.getByLabel('只看').selectOption('滞后');
  await expect(page.getByText('没有滞后的单位')).toBeVisible();
  await context.close();
});

test('time passes: late acceptance and late work turn the board yellow and red by themselves', async ({ browser }) => {
  const admin = await signedIn(browser, product, 'admin');
  const { context, page } = await signedIn(browser, product, 'leader');
  await page.goto('/board');
  const waiting = page.getByRole('button', { name: /^安全生产整治，吉日街道：/ });
  await expect(waiting).toHaveAccessibleName(/正常/);
  await tell(admin.context, 'demo.advance', { minutes: 2 * 24 * 60 });
  await expect(waiting).toHaveAccessibleName(/预警/);
  await tell(admin.context, 'demo.advance', { minutes: 14 * 24 * 60 });
  const late = page.getByRole('button', { name: /^环境卫生整治，扎细街道：/ });
  await expect(late).toHaveAccessibleName(/滞后/);
  // The board draws itself anew while two weeks of timers fire: the choice is made again until it stands.
  await expect(async () => {
    await page.getByLabel('只看').selectOption('滞后');
    await expect(waiting).toBeHidden({ timeout: 2000 });
  }).toPass({ timeout: 20_000 });
  await expect(late).toBeVisible();

  const street = await signedIn(browser, product, 'street.zhaxi');
  await openList(street.page, '?late=1');
  await expect(rowsOf(street.page).first()).toContainText('超时');
  const slow = await signedIn(browser, product, 'taskforce.sanitation');
  await openList(slow.page, '?state=assigned');
  await expect(rowsOf(slow.page).first()).toContainText('迟签');
  await Promise.all([context.close(), admin.context.close(), street.context.close(), slow.context.close()]);
});

test('on a phone: the board is a list, the rows are cards, the dialog fits', async ({ browser }) => {
  const leader = await signedIn(browser, product, 'leader', PHONE);
  await leader.page.goto('/board');
  await expect(leader.page.getByRole('grid')).toHaveCount(0);
  await leader.page.getByText('环境卫生整治', { exact: true }).click();
  await leader.page.getByRole('button', { name: /^环境卫生整治，扎细街道：/ }).click();
  await expect(leader.page.getByRole('complementary', { name: '明细' })).toBeVisible();
  await expectUsable(leader.page);
  await leader.context.close();

  const street = await signedIn(browser, product, 'street.zhaxi', PHONE);
  await openList(street.page);
  await expectUsable(street.page);
  await rowsOf(street.page).first().getByRole('link').click();
  await expect(street.page.getByRole('heading', { name: '干到什么程度' })).toBeVisible();
  await expectUsable(street.page);
  await street.context.close();

  const force = await signedIn(browser, product, 'taskforce.sanitation', PHONE);
  await force.page.goto(`/desk/tasks/${tasks.get(11)}`);
  await force.page.getByRole('button', { name: /^分派/ }).first().click();
  const dialog = force.page.getByRole('dialog', { name: '分派任务' });
  // A measure with decimals: grams behind 公斤.
  await expect(dialog.getByLabel('本次分派（公斤）')).toHaveValue('38744.6');
  await dialog.getByLabel('本次分派（公斤）').fill('0.0001');
  await expect(dialog.getByText('请填数字，小数不超过 3 位')).toBeVisible();
  await expectUsable(force.page);
  await force.context.close();
});
