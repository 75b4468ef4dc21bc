import { createServices } from '@baxing/api';
import { openDatabase } from '@baxing/db';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { createServer } from 'node:http';
import { noopRouter } from './noop-router.ts';
import { createHttp } from '../src/http.ts';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import { localBlobStore } from '@baxing/tickets/server';
import { sqliteReference, postgresReference } from './thin-reference.ts';

/**
 * What the product is measured against, in one process: a bare Hono echo (/echo), a tRPC mutation that does nothing behind the product's own
 * session check (/trpc/noop), and the thin reference (/reference/report): bare Hono and raw SQL, a ticket and its audit row, one durable commit per request.
 */
const config = readConfig(process.env);
const db = openDatabase(config.database);
const metrics = createMetrics();
const services = await createServices({
  db,
  now: Date.now,
  demo: null,
  secureCookies: false,
  mapTiles: null,
  observe: metrics.observeProcedure,
  fault: (_id, _what, fault) => process.stderr.write(`${String(fault)}\n`),
  onSealed: () => {},
  anchors: () => [],
});
metrics.attach(services);
const product = createHttp({ services, blobs: localBlobStore(`${config.dataFolder}/files`), log: createLog('silent'), metrics, publicOrigin: null, ready: () => true, router: noopRouter });
const reference = config.database.dialect === 'sqlite' ? sqliteReference(`${config.dataFolder}/reference.db`) : await postgresReference(config.database.url);

const floor = new Hono();
floor.post('/echo', async (c) => c.json(await c.req.json()));
floor.post('/reference/report', async (c) => c.json(await reference(await c.req.json())));

const floorListener = getRequestListener(floor.fetch);
const productListener = getRequestListener(product.fetch);
createServer((request, response) => {
  if (request.url === '/echo' || request.url === '/reference/report') void floorListener(request, response);
  else void productListener(request, response);
}).listen(config.port, config.host);
process.on('SIGTERM', () => process.exit(0));
