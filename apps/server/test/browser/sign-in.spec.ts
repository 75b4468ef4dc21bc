import { expect, test } from '@playwright/test';
import { DEMO_PASSWORD, useProduct } from './product.ts';

const product = useProduct();

test('the machine answers that it is well and ready', async ({ request }) => {
  for (const path of ['/healthz', '/readyz', '/metrics']) expect((await request.get(product.url + path)).status(), path).toBe(200);
});

test('a page is drawn with Chinese letters that the product brings along', async ({ page }) => {
  await page.goto(product.url);
  await expect(page.locator('body')).toContainText(/[\u4e00-\u9fff]/);
  const loaded = () => page.evaluate(() => [...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family));
  await expect.poll(async () => (await loaded()).join()).toContain('Noto Sans SC');
});

test('a wrong password says so, the right one opens the desk', async ({ page }) => {
  await page.goto(product.url);
  await page.getByLabel('用户名').fill('office');
  await page.getByLabel('密码').fill('wrong-password-1');
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByText('用户名或密码不对')).toBeVisible();
  await page.getByLabel('密码').fill(DEMO_PASSWORD);
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page).toHaveURL(/\/desk/);
});
