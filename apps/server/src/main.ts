import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServices, demoSignInNames, isDemoLoaded, isDemonstration, loadDemoCity } from '@baxing/api';
import { openDatabase, SecondWriterError } from '@baxing/db';

import { localBlobStore, sweepBlobs } from '@baxing/tickets/server';
import { getRequestListener } from '@hono/node-server';
import { appendAnchor, readAnchors } from './anchors.ts';
import { demoClock, wallClock } from './clock.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { API_PATHS, createHttp } from './http.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { loadDevPortal, loadPortal } from './portal.ts';

/** One process: API, live stream, files, portal and background work on one port. */

const SHUTDOWN_MS_MAX = 10_000;
const SWEEP_MS = 6 * 3_600_000;

function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

function configOrFail(): Config {
  try {
    return readConfig(process.env);
  } catch (fault) {
    if (fault instanceof ConfigError) fail(`配置错误 ${fault.message}`);
    throw fault;
  }
}

async function main(): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < 22) fail(`需要 Node 22 或更新版本（当前 ${process.versions.node}）；请用 npm start 启动`);
  const config = configOrFail();
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  mkdirSync(config.dataFolder, { recursive: true });
  const fresh = readdirSync(config.dataFolder).length === 0;
  const db = openDatabase(config.database);
  await db.migrate();

  const wantsDemo = config.demo ?? (fresh && !config.production);
  if ((await isDemonstration(db)) ? !(await isDemoLoaded(db)) : wantsDemo && !(await hasAccounts(db))) {
    const began = performance.now();
    await loadDemoCity(db, { startsAt: config.clockStart, password: config.demoPassword, onPassword: (password) => process.stdout.write(`演示口令：${password}\n`) });
    process.stdout.write(`演示城市已载入（${Math.round(performance.now() - began)} ms）\n`);
  }
  const demo = await isDemonstration(db);
  if (demo && config.production) fail('数据是演示城市：不能在生产环境（NODE_ENV=production）使用');
  const clock = demo ? await demoClock(db, config.clockStart) : wallClock();

  const services = await createServices({
    db,
    now: clock.now,
    demo: clock.demo,
    secureCookies: config.publicOrigin?.startsWith('https:') ?? false,
    mapTiles: config.mapTiles,
    observe: metrics.observeProcedure,
    fault: (requestId, procedure, error) => log.error({ requestId, procedure, err: error }, 'fault'),
    onSealed: (head) => appendAnchor(config.dataFolder, head),
    anchors: () => readAnchors(config.dataFolder),
  });
  metrics.attach(services);
  const blobs = localBlobStore(join(config.dataFolder, 'files'));
  let ready = false;
  const stopping = new AbortController();
  const http = createHttp({ services, blobs, log, metrics, publicOrigin: config.publicOrigin, trustedProxies: config.trustedProxies, ready: () => ready });
  const api = getRequestListener(http.fetch);
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0]!;
    if (API_PATHS.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) void api(request, response);
    else {
      request.headers['x-forwarded-proto'] = config.publicOrigin ? new URL(config.publicOrigin).protocol.slice(0, -1) : 'http';
      portal(request, response, () => response.writeHead(404).end());
    }
  });
  server.requestTimeout = 120_000;
  server.headersTimeout = 20_000;
  const portal = process.argv.includes('--dev') ? await loadDevPortal(server) : await loadPortal();

  server.on('error', (fault: NodeJS.ErrnoException) => fail(fault.code === 'EADDRINUSE' ? `端口 ${config.port} 已被占用（PORT）` : `无法监听：${fault.message}`));
  // Photos whose row was never written (the upload broke off, the process died) are cleared away.
  const sweep = setInterval(() => {
    sweepBlobs(db.read, blobs, Date.now()).catch((fault: unknown) => log.error({ err: fault }, 'sweep'));
  }, SWEEP_MS);
  sweep.unref();
  server.listen(config.port, config.host, () => {
    services.worker.start();
    ready = true;
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`八行已启动：http://${config.host}:${port}\n`);
    if (demo) process.stdout.write(`演示登录名：${demoSignInNames().join('、')}\n`);
  });

  async function shutDown(signal: string): Promise<void> {
    if (stopping.signal.aborted) return;
    stopping.abort();
    log.info({ signal }, 'stopping');
    ready = false;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    // Live streams never end by themselves; everything that was asked before is answered first.
    const streams = setTimeout(() => server.closeAllConnections(), Math.min(2000, SHUTDOWN_MS_MAX));
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, SHUTDOWN_MS_MAX))]);
    clearTimeout(streams);
    clock.stop();
    await services.close();
    await db.close();
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void shutDown(signal));
}

async function hasAccounts(db: ReturnType<typeof openDatabase>): Promise<boolean> {
  return (await db.read.selectFrom('account').select('id').limit(1).executeTakeFirst()) !== undefined;
}

try {
  await main();
} catch (fault) {
  if (fault instanceof SecondWriterError) fail('另一个进程正在写这个数据库：先停止它，或用 DATABASE_URL 指向 PostgreSQL');
  throw fault;
}
