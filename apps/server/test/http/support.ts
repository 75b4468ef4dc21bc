import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AppRouter } from '@baxing/api';
import { localBlobStore } from '@baxing/tickets/server';
import { scratchFolder, type World, WORLD_PASSWORD } from '@baxing/testing';
import { getRequestListener } from '@hono/node-server';
import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import { createHttp, type HttpDeps } from '../../src/http.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';

/** The real HTTP side over a world: a socket, the client that the portal uses, and what it wrote into its log. */
export interface Door {
  readonly url: string;
  /** Lines of the log, at level debug. */
  readonly log: string[];
  /** Cookie header of a new session. */
  signIn(userName: string): Promise<string>;
  client(cookie?: string): ReturnType<typeof createTRPCClient<AppRouter>>;
  /** A bare call; `input` goes as JSON, text as it is. */
  call(path: string, options?: { method?: string; cookie?: string; input?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `data` of tRPC's error, or the error itself outside tRPC. */
  readonly error: { code: string; details: Record<string, unknown>; requestId: string; httpStatus?: number } | null;
}

const errorIn = (text: string): Answer['error'] => {
  try {
    const body = JSON.parse(text) as { error?: { data?: Answer['error'] } & NonNullable<Answer['error']> };
    return body.error ? (body.error.data ?? body.error) : null;
  } catch {
    return null;
  }
};

export async function openDoor(world: World, over: Partial<HttpDeps> & { secureCookies?: boolean } = {}): Promise<Door> {
  const folder = scratchFolder('baxing-http-');
  const log: string[] = [];
  const pino = createLog('debug', { write: (line: string) => void log.push(line) });
  const metrics = createMetrics();
  const services = {
    ...world.services,
    secureCookies: over.secureCookies ?? false,
    observe: metrics.observeProcedure,
    fault: (requestId: string, procedure: string, error: unknown) => pino.error({ requestId, procedure, err: error }, 'fault'),
  };
  metrics.attach(services);
  const app = createHttp({ services, blobs: localBlobStore(join(folder, 'files')), log: pino, metrics, publicOrigin: null, ready: () => true, ...over });
  const server = createServer(getRequestListener(app.fetch) as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const call: Door['call'] = async (path, { method = 'GET', cookie, input, headers = {} } = {}) => {
    const query = method === 'GET' && input !== undefined ? `?input=${encodeURIComponent(typeof input === 'string' ? input : JSON.stringify(input))}` : '';
    const response = await fetch(`${url}${path}${query}`, {
      method,
      headers: { ...(cookie === undefined ? {} : { cookie }), ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(method === 'POST' ? { body: typeof input === 'string' ? input : JSON.stringify(input ?? null) } : {}),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, error: errorIn(text) };
  };

  return {
    url,
    log,
    async signIn(userName) {
      const answer = await call('/trpc/auth.signIn', { method: 'POST', input: { username: userName, password: WORLD_PASSWORD } });
      if (answer.status !== 200) throw new Error(`${userName} cannot sign in: ${answer.text}`);
      return answer.headers.getSetCookie()[0]!.split(';')[0]!;
    },
    client: (cookie) => createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${url}/trpc`, ...(cookie === undefined ? {} : { headers: { cookie } }) })] }),
    call,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the real client is told of a refused call. */
export async function errorOf(call: Promise<unknown>): Promise<{ code: string; details: Record<string, unknown>; requestId: string; httpStatus: number }> {
  try {
    await call;
  } catch (fault) {
    if (fault instanceof TRPCClientError && fault.data) return fault.data as never;
    throw fault;
  }
  throw new Error('expected a refusal, got an answer');
}
