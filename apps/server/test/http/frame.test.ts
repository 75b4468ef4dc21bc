import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { procedureNames } from '@baxing/api';
import { describeEachWorld, type World, WORLD_PASSWORD } from '@baxing/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, errorOf, openDoor } from './support.ts';

const PLACE = { longitude: 91.12, latitude: 29.67 };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CLOSED = procedureNames().filter(({ name }) => name !== 'auth.signIn');

describeEachWorld('the API over HTTP', (open) => {
  let world: World;
  let door: Door;
  let street: string;
  let worker: string;
  beforeAll(async () => {
    world = await open();
    door = await openDoor(world);
    street = await door.signIn('street.zhaxi');
    worker = await door.signIn('grid.zhaxi.1');
  });
  afterAll(() => door.close());

  it('answers the real client with values', async () => {
    const client = door.client(street);
    const [me, made, list] = await Promise.all([client.auth.me.query(), client.tickets.report.mutate({ commandId: world.id(), ...PLACE, text: '井盖' }), client.units.list.query({})]);
    expect(me).toMatchObject({ userName: 'street.zhaxi', now: world.clock.now() });
    expect(made.state).toBe('pending_dispatch');
    expect(list.items.length).toBeGreaterThan(20);
    expect((await client.tickets.get.query({ ticketId: made.ticketId as never })).ticket.text).toBe('井盖');
  });

  describe('without a session', () => {
    it.each(CLOSED.map(({ name, kind }) => [name, kind]))('%s (%s) is 401 before its input is read', async (name, kind) => {
      const method = kind === 'mutation' ? 'POST' : 'GET';
      for (const input of ['{"broken":', '"\\ud800"', { ticketId: 5 }]) {
        const answer = await door.call(`/trpc/${name}`, { method, input, cookie: 'baxing_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' });
        expect(answer.status, answer.text).toBe(401);
        expect(answer.error).toMatchObject({ code: 'UNAUTHENTICATED', details: {} });
      }
    });

    it("a browser's event stream is told inside the stream", async () => {
      const { status, text } = await door.call('/trpc/live.changes', { headers: { accept: 'text/event-stream' }, input: '5' });
      expect([status, text]).toEqual([200, expect.stringContaining('event: serialized-error')]);
      expect(text).toContain('"UNAUTHENTICATED"');
    });

    it('the files door is closed too', async () => {
      for (const [path, method] of [
        ['/files', 'POST'],
        ['/files/have', 'GET'],
        ['/files/fil_a', 'GET'],
        ['/files/fil_a/thumb', 'GET'],
      ] as const)
        expect((await door.call(path, { method, input: 'x' })).error, path).toMatchObject({ code: 'UNAUTHENTICATED' });
    });
  });

  describe('Origin', () => {
    const mutate = (headers: Record<string, string>, path = '/trpc/tickets.report') => door.call(path, { method: 'POST', cookie: street, input: { commandId: randomUUID(), ...PLACE }, headers });

    it.each([
      ['a foreign one', { origin: 'https://example.com' }],
      ['a foreign port', { origin: 'http://127.0.0.1:1' }],
      ['the opaque one', { origin: 'null' }],
      ['rubbish', { origin: '::' }],
      ['none, but the browser says cross-site', { 'sec-fetch-site': 'cross-site' }],
      ['none, but the browser says same-site', { 'sec-fetch-site': 'same-site' }],
    ])('%s is refused on every mutation and upload, and nothing happens', async (_what, headers) => {
      const before = await world.db.read
        .selectFrom('event')
        .select((eb) => eb.fn.max('id').as('id'))
        .executeTakeFirstOrThrow();
      for (const path of [
        ...procedureNames()
          .filter(({ kind }) => kind === 'mutation')
          .map(({ name }) => `/trpc/${name}`),
        '/files',
      ]) {
        const answer = await mutate(headers as Record<string, string>, path);
        expect([answer.status, answer.error?.code], path).toEqual([403, 'ORIGIN_REFUSED']);
      }
      expect(
        await world.db.read
          .selectFrom('event')
          .select((eb) => eb.fn.max('id').as('id'))
          .executeTakeFirstOrThrow(),
      ).toEqual(before);
    });

    it('our own, none at all, and same-origin are taken; reading is open', async () => {
      for (const headers of [{ origin: door.url }, {}, { 'sec-fetch-site': 'same-origin' }, { origin: door.url, 'sec-fetch-site': 'same-origin' }])
        expect((await mutate(headers as Record<string, string>)).status, JSON.stringify(headers)).toBe(200);
      expect((await door.call('/trpc/auth.me', { cookie: street, headers: { origin: 'https://example.com' } })).status).toBe(200);
    });

    it('a change cannot be had by GET', async () => {
      const answer = await door.call('/trpc/tickets.report', { cookie: street, input: { commandId: randomUUID(), ...PLACE } });
      expect(answer.status).toBe(405);
      expect(answer.error?.code).toBe('VALIDATION');
    });

    it('behind a proxy with TLS its public address counts', async () => {
      const proxied = await openDoor(world, { publicOrigin: 'https://baxing.example' });
      try {
        const input = { username: 'street.zhaxi', password: WORLD_PASSWORD };
        expect((await proxied.call('/trpc/auth.signIn', { method: 'POST', input, headers: { origin: 'https://baxing.example' } })).status).toBe(200);
        expect((await proxied.call('/trpc/auth.signIn', { method: 'POST', input, headers: { origin: proxied.url } })).status).toBe(403);
      } finally {
        await proxied.close();
      }
    });
  });

  describe('refusals', () => {
    const report = () =>
      door
        .client(street)
        .tickets.report.mutate({ commandId: world.id(), ...PLACE })
        .then(({ ticketId }) => ticketId as never);

    it('carry code, details, request id and the status that follows', async () => {
      const [desk, field] = [door.client(street), door.client(worker)];
      const me = await field.auth.me.query();
      const ticketId = await report();
      const commandId = world.id();
      const expectError = async (call: Promise<unknown>, code: string, httpStatus: number, details?: object) => {
        const error = await errorOf(call);
        expect(error).toEqual({ code, details: details ?? (expect.any(Object) as object), requestId: expect.stringMatching(UUID) as string, httpStatus });
      };
      await expectError(desk.tickets.report.mutate({ commandId: 'x', ...PLACE }), 'VALIDATION', 400);
      await expectError(desk.tickets.report.mutate({ commandId: world.id(), longitude: 'x' as never, latitude: 1 }), 'VALIDATION', 400, {
        issues: [{ path: 'longitude', message: expect.any(String) as string }],
      });
      await expectError(desk.tickets.report.mutate({ commandId: world.id(), longitude: 1, latitude: 1 }), 'OUTSIDE_AREA', 422, { longitude: 1, latitude: 1 });
      await expectError(desk.tickets.accept.mutate({ commandId: world.id(), ticketId }), 'WRONG_STATE', 409, { state: 'pending_dispatch', verb: 'accept', from: ['dispatched'] });
      await expectError(field.tickets.get.query({ ticketId }), 'NOT_FOUND', 404, { ticketId });
      await expectError(field.tickets.dispatch.mutate({ commandId: world.id(), ticketId }), 'FORBIDDEN', 403, { verb: 'tickets.dispatch' });
      await desk.tickets.dispatch.mutate({ commandId, ticketId, workerPostId: me.post.postId });
      await expectError(desk.tickets.dispatch.mutate({ commandId, ticketId }), 'COMMAND_ID_REUSED', 409, {});
      await expectError(field.tickets.accept.mutate({ commandId: world.id(), ticketId, version: 1 }), 'CONFLICT', 409, { version: 2, given: 1 });
      await field.tickets.accept.mutate({ commandId: world.id(), ticketId });
      await expectError(field.tickets.submit.mutate({ commandId: world.id(), ticketId }), 'EVIDENCE_MISSING', 422, { stages: ['before', 'after'] });
      await expectError(door.client().auth.signIn.mutate({ username: 'street.zhaxi', password: 'wrong-Pass-2023' }), 'BAD_CREDENTIALS', 401, {});
      await expectError((desk as unknown as { tickets: { vanish: { query(): Promise<unknown> } } }).tickets.vanish.query(), 'NOT_FOUND', 404, {});
    });

    it('name the same request in body and header', async () => {
      const answer = await door.call('/trpc/tickets.get', { cookie: street, input: { ticketId: 'tkt_none' } });
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.text)).toEqual({
        error: { message: 'NOT_FOUND', code: -32_004, data: { code: 'NOT_FOUND', details: { ticketId: 'tkt_none' }, requestId: answer.headers.get('x-request-id'), httpStatus: 404 } },
      });
    });

    it('stand beside answers in one batch', async () => {
      const client = door.client(street);
      const [fine, refused] = await Promise.allSettled([client.auth.me.query(), client.tickets.get.query({ ticketId: 'tkt_none' })]);
      expect(fine.status).toBe('fulfilled');
      expect(refused).toMatchObject({ status: 'rejected', reason: { data: { code: 'NOT_FOUND' } } });
    });

    it('are 429 with a time to wait after five wrong passwords', async () => {
      const codes: string[] = [];
      for (let i = 0; i < 6; i += 1) codes.push((await errorOf(door.client().auth.signIn.mutate({ username: 'nobody.here', password: 'wrong-Pass-2023' }))).code);
      expect(codes).toEqual([...Array.from({ length: 5 }, () => 'BAD_CREDENTIALS'), 'TOO_MANY_ATTEMPTS']);
      const last = await errorOf(door.client().auth.signIn.mutate({ username: 'nobody.here', password: WORLD_PASSWORD }));
      expect(last).toMatchObject({ httpStatus: 429, details: { retryAfterSeconds: expect.any(Number) as number } });
    });

    it('outside the API are JSON too', async () => {
      const answer = await door.call('/files/nothing/there/at/all', { cookie: street });
      expect([answer.status, answer.error]).toEqual([404, { code: 'NOT_FOUND', details: {}, requestId: answer.headers.get('x-request-id') }]);
    });
  });

  describe('limits', () => {
    /** On a connection of its own: the server hangs up on a body that it does not want. */
    const sendAlone = (name: string, body: string, headers: Record<string, string>): Promise<{ status: number; text: string }> =>
      new Promise((resolve, reject) => {
        const sent = request(`${door.url}/trpc/${name}`, { method: 'POST', agent: false, headers: { cookie: street, 'content-type': 'application/json', ...headers } }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode!, text }));
        });
        sent.on('error', (fault: NodeJS.ErrnoException) => (fault.code === 'EPIPE' || fault.code === 'ECONNRESET' ? undefined : reject(fault)));
        sent.end(body);
      });

    it('takes 20 calls in one request and no more, however the comma is written', async () => {
      const batch = (calls: number, comma: string) => door.call(`/trpc/${Array.from({ length: calls }, () => 'auth.me').join(comma)}?batch=1`, { cookie: street });
      expect((await batch(20, ',')).status).toBe(200);
      for (const comma of [',', '%2C', '%2c']) expect((await batch(21, comma)).error).toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 20, unit: 'calls' }, httpStatus: 413 });
    });

    it.each([
      ['tickets.report', 1024 * 1024],
      ['auth.signIn', 64 * 1024],
      ['campaigns.importPreview', 8 * 1024 * 1024],
    ])('%s takes no body over %d bytes, announced or not', async (name, limit) => {
      const big = JSON.stringify({ text: 'x'.repeat(limit) });
      for (const length of [{ 'content-length': String(Buffer.byteLength(big)) }, { 'transfer-encoding': 'chunked' }]) {
        const { status, text } = await sendAlone(name, big, length as Record<string, string>);
        expect(status, JSON.stringify(length)).toBe(413);
        expect(JSON.parse(text)).toMatchObject({ error: { data: { code: 'LIMIT_EXCEEDED', details: { limit, unit: 'bytes' }, httpStatus: 413, requestId: expect.stringMatching(UUID) as string } } });
      }
    });

    it('reads JSON only', async () => {
      const answer = await door.call('/trpc/tickets.report', { method: 'POST', cookie: street, input: 'a=b', headers: { 'content-type': 'text/plain' } });
      expect([answer.status, answer.error?.code]).toEqual([415, 'UNSUPPORTED_TYPE']);
    });

    it.each([
      '/trpc/%E0%A4%A',
      '/trpc/',
      '/trpc/..%2f..%2fetc',
      '/trpc/auth.me?input=%E0%A4%A',
      '/trpc/auth.me?batch=1&input=[',
      '/trpc/__proto__',
      '/trpc/constructor.name',
      '/trpc/tickets.list?input=%7B',
    ])('%s is refused, not a fault', async (path) => {
      const answer = await door.call(path, { cookie: street });
      expect(answer.status, answer.text).toBeLessThan(500);
      expect(answer.text).not.toMatch(/at .*\.(ts|mjs):\d+/);
    });
  });

  describe('the session cookie', () => {
    const flags = async (secureCookies: boolean): Promise<string[]> => {
      const other = await openDoor(world, { secureCookies });
      try {
        const answer = await other.call('/trpc/auth.signIn', { method: 'POST', input: { username: 'leader', password: WORLD_PASSWORD } });
        expect(answer.text).not.toContain(answer.headers.getSetCookie()[0]!.split(/[=;]/)[1]!);
        return answer.headers.getSetCookie()[0]!.split('; ').slice(1).sort();
      } finally {
        await other.close();
      }
    };

    it('is HttpOnly, SameSite=Lax, for the whole site, and Secure when the product is reached over TLS', async () => {
      expect(await flags(false)).toEqual(['HttpOnly', 'Max-Age=604800', 'Path=/', 'SameSite=Lax']);
      expect(await flags(true)).toEqual(['HttpOnly', 'Max-Age=604800', 'Path=/', 'SameSite=Lax', 'Secure']);
    });

    it('is nothing any more after signing out', async () => {
      const cookie = await door.signIn('leader');
      expect((await door.call('/trpc/auth.me', { cookie })).status).toBe(200);
      const out = await door.call('/trpc/auth.signOut', { method: 'POST', cookie });
      expect(out.headers.getSetCookie()[0]).toMatch(/^baxing_session=;.*Max-Age=0/);
      expect((await door.call('/trpc/auth.me', { cookie })).status).toBe(401);
    });
  });

  describe('the live stream', () => {
    it('brings a change to who may see it, and ends with the session', async () => {
      const cookie = await door.signIn('verify.zhaxi');
      const leave = new AbortController();
      const stream = await fetch(`${door.url}/trpc/live.changes?input=%7B%7D`, { headers: { cookie, accept: 'text/event-stream' }, signal: leave.signal });
      expect([stream.status, stream.headers.get('content-type')?.split(';')[0]]).toEqual([200, 'text/event-stream']);
      const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
      let heard = '';
      const until = async (text: string): Promise<void> => {
        while (!heard.includes(text)) {
          const { done, value } = await reader.read();
          if (done) throw new Error(`the stream ended before ${text}`);
          heard += value;
        }
      };
      await until('"kind":"hello"');
      const began = Date.now();
      const { ticketId } = await door.client(street).tickets.report.mutate({ commandId: world.id(), ...PLACE, text: '不会出现在流里' });
      await until(ticketId);
      expect(Date.now() - began).toBeLessThan(2000);
      expect(heard).toMatch(/id: ?\d+/);
      expect(heard).not.toContain('不会出现');
      leave.abort();
    });
  });

  describe('for those who run it', () => {
    it('says that it lives and is ready', async () => {
      expect([(await door.call('/healthz')).text, (await door.call('/readyz')).text]).toEqual(['ok', 'ready']);
      const early = await openDoor(world, { ready: () => false });
      try {
        expect([(await early.call('/readyz')).status, (await early.call('/healthz')).status]).toEqual([503, 200]);
      } finally {
        await early.close();
      }
    });

    it('counts requests and commands by name and outcome', async () => {
      await door.call('/trpc/tickets.get', { cookie: street, input: { ticketId: 'tkt_none' } });
      const { text, headers } = await door.call('/metrics');
      expect(headers.get('content-type')).toContain('text/plain');
      expect(text).toMatch(/baxing_procedures_total\{procedure="tickets\.get",kind="query",outcome="NOT_FOUND"\} [1-9]/);
      expect(text).toMatch(/baxing_procedures_total\{procedure="tickets\.report",kind="mutation",outcome="ok"\} [1-9]/);
      expect(text).toMatch(/baxing_http_requests_total\{route="\/trpc",status="200"\} [1-9]/);
      expect(text).toMatch(/^baxing_database_up 1$/m);
      for (const name of ['baxing_writer_queue', 'baxing_outbox_rows', 'baxing_timer_rows', 'baxing_jobs_open', 'baxing_procedure_seconds_bucket']) expect(text).toContain(name);
    });

    it('sends the headers of a page that nobody frames or guesses at', async () => {
      const { headers } = await door.call('/trpc/auth.me', { cookie: street });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });

    it('writes no secret and no text of people into its log', async () => {
      await door.call('/trpc/tickets.report', { method: 'POST', cookie: street, input: { commandId: randomUUID(), ...PLACE, text: '张三家门口' } });
      const lines = door.log.join('');
      expect(lines).toContain('"route":"/trpc"');
      for (const secret of [WORLD_PASSWORD, 'wrong-Pass-2023', street.split('=')[1]!, worker.split('=')[1]!, '张三', 'baxing_session']) expect(lines).not.toContain(secret);
    });
  });
});

describeEachWorld('a fault', (open) => {
  it('is a 500 that names the request and nothing else; the log has the rest, and the next call works', async () => {
    const world = await open();
    const door = await openDoor(world);
    try {
      const cookie = await door.signIn('street.zhaxi');
      const { ticketId } = await door.client(cookie).tickets.report.mutate({ commandId: world.id(), ...PLACE });
      await world.db.writer.run((tx) => sql`alter table ticket_photo rename to mislaid`.execute(tx as never));
      const answer = await door.call('/trpc/tickets.get', { cookie, input: { ticketId } });
      const requestId = answer.headers.get('x-request-id');
      expect(JSON.parse(answer.text)).toEqual({ error: { message: 'FAULT', code: -32_603, data: { code: 'FAULT', details: {}, requestId, httpStatus: 500 } } });
      expect(answer.status).toBe(500);
      expect(answer.text).not.toMatch(/ticket_photo|select|no such|relation|\.ts/i);
      const line = door.log.find((one) => one.includes('"level":50'));
      expect(line).toContain(requestId);
      expect(line).toContain('ticket_photo');
      const commandId = world.id();
      const failed = await door.call('/trpc/tickets.report', { method: 'POST', cookie, input: { commandId, ...PLACE, photos: [] } });
      expect(failed.status).toBe(200);
      expect((await door.call('/trpc/auth.me', { cookie })).status).toBe(200);
      expect((await door.call('/metrics')).text).toMatch(/outcome="FAULT"\} 1/);
    } finally {
      await door.close();
    }
  });
});
