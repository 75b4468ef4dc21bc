import { randomUUID } from 'node:crypto';
import { appRouter, type Context, procedureNames, type Services } from '@baxing/api';
import { originAllowed } from '@baxing/identity';
import { resolveSession } from '@baxing/identity/server';
import { type RefusalCode, REFUSAL_STATUS } from '@baxing/kernel';
import type { BlobStore } from '@baxing/tickets/server';
import { type HttpBindings } from '@hono/node-server';
import type { AnyRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { type Context as HonoContext, Hono } from 'hono';
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
  /** How many proxies in front are ours and write X-Forwarded-For. */
  readonly trustedProxies?: number;
  readonly ready: () => boolean;
  /** The API's, unless a benchmark measures another. */
  readonly router?: AnyRouter;
}

export type Env = { Bindings: HttpBindings; Variables: { requestId: string; address: string; session: Context['session'] } };

export const API_PATHS = ['/trpc', '/files', '/healthz', '/readyz', '/metrics'] as const;

/** Parsing holds the event loop, so who is not signed in may send little, and only a plan's workbook may be large. */
const BODY_MAX = { open: 64 * 1024, usual: 1024 * 1024, workbook: 8 * 1024 * 1024 } as const;

function bodyMax(path: string): number {
  if (path === '/trpc/campaigns.importPreview') return BODY_MAX.workbook;
  return /auth(\.|%2e)/i.test(path) ? BODY_MAX.open : BODY_MAX.usual;
}

/** The caller's address: of the socket, or as told by the proxies in front that are ours. */
function addressOf(socketAddress: string, forwardedFor: string | undefined, proxies: number): string {
  if (proxies === 0 || forwardedFor === undefined) return socketAddress;
  const hops = forwardedFor.split(',').map((hop) => hop.trim());
  return (hops.at(-proxies) ?? hops[0] ?? socketAddress).slice(0, 64);
}

const BATCH_MAX = 20;

const STREAMS: ReadonlySet<string> = new Set(procedureNames().flatMap(({ name, kind }) => (kind === 'subscription' ? [`/trpc/${name}`] : [])));

const JSON_RPC_INVALID_REQUEST = -32_600;

/** What this hop answers itself, in the shape that the caller reads: that of tRPC's client under `/trpc`, `{code, details, requestId}` elsewhere. */
function answerError(c: HonoContext<Env>, code: RefusalCode | 'FAULT', details: Readonly<Record<string, unknown>> = {}): Response {
  const requestId = c.get('requestId');
  const httpStatus = code === 'FAULT' ? 500 : REFUSAL_STATUS[code];
  const error = c.req.path.startsWith('/trpc/') ? { message: code, code: JSON_RPC_INVALID_REQUEST, data: { code, details, requestId, httpStatus } } : { code, details, requestId };
  return c.json({ error }, httpStatus);
}

/** How many calls a path names; tRPC decodes it before it splits. */
function callsIn(path: string): number {
  try {
    return decodeURIComponent(path).split(',').length;
  } catch {
    return path.split(',').length;
  }
}

export function createHttp(deps: HttpDeps): Hono<Env> {
  const { services, metrics, log } = deps;
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    const began = performance.now();
    const requestId = randomUUID();
    c.set('requestId', requestId);
    c.set('address', addressOf(c.env.incoming?.socket.remoteAddress ?? '', c.req.header('x-forwarded-for'), deps.trustedProxies ?? 0));
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
      return answerError(c, 'ORIGIN_REFUSED');
    const session = await resolveSession(services.db, c.req.header('cookie'), { wallNow: services.wallNow(), at: services.now() });
    c.set('session', session);
    return next();
  });

  const limits = new Map(
    Object.values(BODY_MAX).map((maxSize) => [maxSize, bodyLimit({ maxSize, onError: (c) => answerError(c as HonoContext<Env>, 'LIMIT_EXCEEDED', { limit: maxSize, unit: 'bytes' }) })]),
  );
  app.use('/trpc/*', (c, next) => limits.get(bodyMax(c.req.path))!(c, next));
  app.all('/trpc/*', async (c) => {
    if (callsIn(c.req.path) > BATCH_MAX) return answerError(c, 'LIMIT_EXCEEDED', { limit: BATCH_MAX, unit: 'calls' });
    // A browser's EventSource cannot read the body of a 401: it is told inside its stream, like of any other refusal. Every other program gets the status.
    if (!c.get('session') && STREAMS.has(c.req.path) && !c.req.header('accept')?.includes('text/event-stream')) return answerError(c, 'UNAUTHENTICATED');
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
    return answerError(c, 'FAULT');
  });
  app.notFound((c) => answerError(c, 'NOT_FOUND'));
  return app;
}
