import { randomUUID } from 'node:crypto';
import { appRouter, type Context, type Services } from '@baxing/api';
import { originAllowed } from '@baxing/identity';
import { resolveSession } from '@baxing/identity/server';
import type { BlobStore } from '@baxing/tickets/server';
import { type HttpBindings } from '@hono/node-server';
import type { AnyRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { fileRoutes } from './files.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Hop 1: request id, limits, Origin, session cookie → Actor. Everything under the API's paths; the portal has the rest. */

export interface HttpDeps {
  readonly services: Services;
  readonly blobs: BlobStore;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly publicOrigin: string | null;
  readonly ready: () => boolean;
  /** The API's, unless a benchmark measures another. */
  readonly router?: AnyRouter;
}

export type Env = { Bindings: HttpBindings; Variables: { requestId: string; address: string; session: Context['session'] } };

export const API_PATHS = ['/trpc', '/files', '/healthz', '/readyz', '/metrics'] as const;

const TRPC_BODY_MAX = 8 * 1024 * 1024;
const BATCH_MAX = 20;

const refusalBody = (code: string, details: Record<string, unknown>, requestId: string) => ({ error: { code, details, requestId } });

export function createHttp(deps: HttpDeps): Hono<Env> {
  const { services, metrics, log } = deps;
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    const began = performance.now();
    const requestId = randomUUID();
    c.set('requestId', requestId);
    c.set('address', c.env.incoming?.socket.remoteAddress ?? '');
    await next();
    c.header('x-request-id', requestId);
    const ms = performance.now() - began;
    const route = API_PATHS.find((path) => c.req.path === path || c.req.path.startsWith(`${path}/`)) ?? 'other';
    metrics.observeRequest(route, c.res.status, ms);
    const level = c.req.method !== 'GET' || c.res.status >= 400 ? 'info' : 'debug';
    log[level]({ requestId, method: c.req.method, route, status: c.res.status, ms: Math.round(ms * 10) / 10 }, 'request');
  });
  app.use(secureHeaders({ crossOriginResourcePolicy: 'same-origin', referrerPolicy: 'same-origin', xFrameOptions: 'DENY' }));

  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    if (!deps.ready()) return c.text('starting', 503);
    try {
      await services.db.read.selectFrom('setting').select('key').limit(1).execute();
      return c.text('ready');
    } catch {
      return c.text('database', 503);
    }
  });
  app.get('/metrics', async (c) => c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }));

  app.use(async (c, next) => {
    const own = deps.publicOrigin === null ? { host: c.req.header('host'), protocol: 'http' } : new URL(deps.publicOrigin);
    if (!originAllowed({ method: c.req.method, origin: c.req.header('origin'), secFetchSite: c.req.header('sec-fetch-site'), host: own.host, protocol: own.protocol }))
      return c.json(refusalBody('ORIGIN_REFUSED', {}, c.get('requestId')), 403);
    const session = await resolveSession(services.db, c.req.header('cookie'), { wallNow: services.wallNow(), at: services.now() });
    c.set('session', session);
    return next();
  });

  app.use(
    '/trpc/*',
    bodyLimit({
      maxSize: TRPC_BODY_MAX,
      onError: (c) => c.json(refusalBody('LIMIT_EXCEEDED', { limit: TRPC_BODY_MAX, unit: 'bytes' }, ''), 413),
    }),
  );
  app.all('/trpc/*', async (c) => {
    if (c.req.path.split(',').length > BATCH_MAX) return c.json(refusalBody('LIMIT_EXCEEDED', { limit: BATCH_MAX, unit: 'calls' }, c.get('requestId')), 413);
    return fetchRequestHandler({
      endpoint: '/trpc',
      req: c.req.raw,
      router: deps.router ?? appRouter,
      createContext: ({ resHeaders }): Context => ({
        services,
        session: c.get('session'),
        requestId: c.get('requestId'),
        address: c.get('address'),
        setCookie: (value) => resHeaders.append('set-cookie', value),
      }),
    });
  });

  fileRoutes(app, deps);

  app.onError((fault, c) => {
    services.fault(c.get('requestId'), c.req.path, fault);
    return c.json(refusalBody('FAULT', {}, c.get('requestId')), 500);
  });
  app.notFound((c) => c.json(refusalBody('NOT_FOUND', {}, c.get('requestId')), 404));
  return app;
}
