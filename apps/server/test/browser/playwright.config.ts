import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';

const { executablePath, env } = await findChromium();
const inGate = process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] !== undefined;

/** Journeys through the real product in a real browser. One file = one product with data of its own; files run side by side. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  globalSetup: './demo-folder.ts',
  outputDir: fileURLToPath(new URL('../../../../test-results', import.meta.url)),
  workers: 2,
  fullyParallel: false,
  forbidOnly: inGate,
  retries: 0,
  timeout: 90_000,
  globalTimeout: 13 * 60_000,
  expect: { timeout: 10_000 },
  reporter: inGate ? [['list'], ['json']] : [['list']],
  use: {
    browserName: 'chromium',
    headless: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: { executablePath, args: CHROMIUM_ARGS, chromiumSandbox: false, env: { ...(process.env as Record<string, string>), ...env } },
  },
});
