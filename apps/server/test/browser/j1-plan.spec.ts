import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { PHONE, signedIn, useProduct } from './product.ts';

/** J1, the office's half: a plan workbook becomes published tasks. The tests follow one another on one product. */
const product = useProduct();
const PLAN = fileURLToPath(new URL('../../../../packages/campaigns/data/八大行动任务分解表.xlsx', import.meta.url));
/** As bytes: a browser in the C locale cannot open a path with Chinese letters. */
const plan = () => ({ name: basename(PLAN), mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: readFileSync(PLAN) });
const ROWS = 25;

const line = (page: Page, row: number, column: string) =>
  page
    .getByRole('list', { name: '问题清单' })
    .getByRole('listitem')
    .filter({ hasText: `第 ${row} 项` })
    .filter({ hasText: column });
const count = (page: Page, term: string) =>
  page
    .locator('dl div')
    .filter({ has: page.getByText(term, { exact: true }) })
    .locator('dd');
const focused = (page: Page) => page.locator(':focus');

async function expectGood(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 'the page is wider than the screen').toBeLessThanOrEqual(0);
}

async function upload(page: Page, file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.goto('/desk/import');
  // A person chooses a file on a page that stands: what was imported before has been read.
  await expect(page.getByText(/还没有导入过|待提交|已提交/).first()).toBeVisible();
  await page.getByLabel('选择文件…').and(page.locator('input')).setInputFiles(file);
}

test('what is no workbook is refused in words, and nothing is kept', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'office');
  await upload(page, { name: '计划.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('这不是工作簿，只是一些文字') });
  await expect(page.getByRole('alert')).toContainText('没有接收“计划.xlsx”');
  await expect(page.getByRole('alert')).toContainText('另存为 .xlsx');
  await upload(page, { name: '大.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.alloc(5_000_001, 1) });
  await expect(page.getByRole('alert')).toContainText('超过 5 MB');
  await expect(page.getByText('还没有导入过')).toBeVisible();
  await expectGood(page);
  await context.close();
});

test('every finding of the plan has its line; errors keep it from being committed', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'office');
  await upload(page, plan());
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('八大行动任务分解表.xlsx');
  await expect(count(page, '错误')).toHaveText('2');
  await expect(count(page, '新建')).toHaveText(String(ROWS));
  await expect(line(page, 20, '责任单位')).toContainText('塔玛街道办事处');
  await expect(line(page, 20, '责任单位').getByRole('button', { name: /采用/ })).toHaveCount(0);
  await expect(line(page, 24, '责任单位')).toContainText('八一街道办事处');
  await expect(line(page, 11, '配合单位')).toContainText('第三方运营公司');
  await expect(line(page, 12, '配合单位')).toContainText('虎峰佳苑社区');
  await expect(line(page, 24, '配合单位')).toContainText('城关区委组织部');
  await expect(line(page, 15, '完成时限')).toContainText('缺时限');
  await expect(line(page, 21, '目标值')).toContainText('缺数量');
  await expect(page.getByRole('button', { name: '提交导入' })).toBeDisabled();
  await expect(page.getByText('还有 2 个错误，改完才能提交。')).toBeVisible();
  await expectGood(page);
  await context.close();
});

test('findings are walked and mended with the keyboard; the plan can be left and found again', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'office');
  await page.goto('/desk/import');
  await page
    .getByRole('grid', { name: '导入记录' })
    .getByRole('link', { name: /八大行动/ })
    .click();
  await line(page, 20, '责任单位').focus();
  const cell = page.getByRole('grid', { name: '任务分解表' }).getByRole('gridcell', { name: /塔玛街道办事处、各街道办事处/ });
  await page.keyboard.press('ArrowRight');
  await expect(cell).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toContainText('名录中没有“塔玛街道办事处”');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await cell.focus();
  await page.keyboard.press('Escape');
  await expect(focused(page)).toContainText('塔玛街道办事处');
  await page.keyboard.press('n');
  await expect(count(page, '错误')).toHaveText('1');
  await expect(focused(page)).toContainText('八一街道办事处');
  await page.reload();
  await expect(count(page, '错误')).toHaveText('1');
  await line(page, 24, '责任单位').focus();
  await page.keyboard.press('n');
  await expect(count(page, '错误')).toHaveText('0');
  // A unit of the register instead of the name that it does not know.
  await line(page, 24, '配合单位').focus();
  await page.keyboard.press('e');
  await page.keyboard.type('城关区政府');
  await page.getByRole('option', { name: /城关区政府/ }).waitFor();
  await page.keyboard.press('Enter');
  await expect(line(page, 24, '配合单位')).toHaveCount(0);
  await line(page, 11, '配合单位').focus();
  await page.keyboard.press('k');
  await expect(line(page, 11, '配合单位')).toHaveCount(0);
  await context.close();
});

test('the plan is committed as a whole; the same file again makes nothing new', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'office');
  await page.goto('/desk/import');
  await page
    .getByRole('grid', { name: '导入记录' })
    .getByRole('link', { name: /八大行动/ })
    .click();
  await page.getByRole('button', { name: '提交导入' }).click();
  await expect(page.getByText(`已提交：新建 ${ROWS} 项，变更 0 项，不变 0 项。`)).toBeVisible();
  await expect(page.getByText('新建单位：塔玛街道办事处、八一街道办事处。')).toBeVisible();
  await upload(page, plan());
  await expect(page.getByText('这份文件导入过，不会产生新的任务。')).toBeVisible();
  await expect(page.getByText('这份计划已经提交')).toBeVisible();
  await page.goto('/desk/tasks');
  await expect(page.getByText(`共 ${ROWS} 条`)).toBeVisible();
  await context.close();
});

test('the matrix names every gap; publishing is refused until the last one is closed', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'office');
  const other = await signedIn(browser, product, 'office');
  await page.goto('/desk/coverage');
  await other.page.goto('/desk/coverage');
  await expect(other.page.getByRole('heading', { name: '缺项 2 处' })).toBeVisible();
  const matrix = page.getByRole('grid', { name: '覆盖矩阵' });
  await expect(matrix.getByRole('button', { name: '缺时限，补上：飞线充电整治' })).toBeVisible();
  await expect(matrix.getByRole('button', { name: '缺数量，补上：农贸市场环境整治' })).toBeVisible();
  await expectGood(page);

  await page.getByRole('button', { name: '发布…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('有 2 处缺项，不能发布');
  await expect(dialog.getByRole('button', { name: '发布', exact: true })).toBeDisabled();
  await dialog.getByRole('listitem').filter({ hasText: '飞线充电整治' }).getByRole('button', { name: '补上' }).click();
  await dialog.getByLabel('完成时限').fill('2023-12-31');
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('heading', { name: '缺项 1 处' })).toBeVisible();
  // Someone else's open page follows by itself.
  await expect(other.page.getByRole('heading', { name: '缺项 1 处' })).toBeVisible({ timeout: 3000 });

  await matrix.getByRole('button', { name: /缺数量/ }).click();
  await dialog.getByLabel('目标值').fill('26');
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('没有缺项')).toBeVisible();

  await page.getByRole('button', { name: '发布…' }).click();
  await expect(dialog).toContainText(`首次发布${ROWS}`);
  await dialog.getByRole('button', { name: '发布', exact: true }).click();
  await expect(page.getByText(`已发布：首次 ${ROWS} 项，更新 0 项，作废 0 项`)).toBeVisible();
  await expect(page.getByText(/首次发布于 2023年11月28日/)).toBeVisible();
  await other.context.close();
  await context.close();
});

test('a task answers its four questions, to its own task force and to the units it names', async ({ browser }) => {
  const force = await signedIn(browser, product, 'taskforce.sanitation');
  await force.page.goto('/desk/tasks?text=牛皮癣');
  await force.page.getByRole('link', { name: '牛皮癣小广告清理' }).click();
  for (const question of ['干什么', '怎么干', '谁来干', '干到什么程度']) await expect(force.page.getByRole('heading', { name: question, exact: true })).toBeVisible();
  await expect(force.page.getByRole('region', { name: '干到什么程度' })).toContainText('45 处');
  await expect(force.page.getByRole('region', { name: '谁来干' })).toContainText('扎细街道办事处、城关公安分局扎细派出所');
  await force.page.locator('body').press('e');
  await force.page.getByRole('dialog').getByLabel('怎么干').fill('石榴籽巡逻队和志愿者每日巡查，建立点位台账并清除');
  await force.page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await expect(force.page.getByRole('region', { name: '怎么干' })).toContainText('每日巡查');
  await expectGood(force.page);
  // Another action's task may be read, not written.
  await force.page.goto('/desk/tasks?text=路灯');
  await force.page.getByRole('link', { name: '路灯修复' }).click();
  await expect(force.page.getByRole('heading', { name: /路灯修复/ })).toBeVisible();
  await expect(force.page.getByRole('button', { name: '修改' })).toHaveCount(0);
  await force.context.close();

  const street = await signedIn(browser, product, 'street.zhaxi');
  await street.page.goto('/desk/tasks');
  await expect(street.page.getByRole('link', { name: '牛皮癣小广告清理' })).toBeVisible();
  await expect(street.page.getByRole('link', { name: '建材企业安全检查' })).toHaveCount(0);
  await street.context.close();
});

test('all of it fits a phone', async ({ browser }) => {
  const { context, page } = await signedIn(browser, product, 'office', PHONE);
  for (const path of ['/desk/import', '/desk/coverage', '/desk/tasks']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('status', { name: '正在载入…' })).toHaveCount(0);
    await expectGood(page);
  }
  await page.getByRole('link', { name: '牛皮癣小广告清理' }).click();
  await expect(page.getByRole('heading', { name: '干到什么程度' })).toBeVisible();
  await expectGood(page);
  await context.close();
});
