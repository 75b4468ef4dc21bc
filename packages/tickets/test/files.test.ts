import { createHash } from 'node:crypto';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Database } from '@baxing/db';
import { execute } from '@baxing/db';
import { policyCache, seedPolicy } from '@baxing/identity/server';
import { type Actor, newCommandId, SYSTEM_ACTOR } from '@baxing/kernel';
import { describeEachDialect, scratchFolder, TEST_START } from '@baxing/testing';
import { PHOTO_BYTES_MAX, type PhotoEvidence, type StoredPhoto } from '@baxing/tickets';
import { type BlobStore, categoryCache, type CarriesFile, type FileDeps, handleHave, handleRead, handleUpload, localBlobStore, sweepBlobs } from '@baxing/tickets/server';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { EXIF_SECRET, halves, heicHeader, phonePhoto } from './pictures.ts';

const AREA = ['jur_city', 'jur_chengguan', 'jur_zhaxi'] as const;
const person = (name: string, over: Partial<Actor> = {}): Actor => ({
  accountId: `acc_${name}`,
  userName: name,
  postId: `pst_${name}`,
  role: 'grid_worker',
  unitId: 'unt_zhaxi',
  areaId: AREA[2],
  areaPath: AREA,
  actionCode: null,
  ...over,
});
const worker = person('worker');
const colleague = person('colleague');
const street = person('street', { role: 'street' });
const stranger = person('stranger', { role: 'street', unitId: 'unt_jinzhu', areaId: 'jur_jinzhu', areaPath: ['jur_city', 'jur_chengguan', 'jur_jinzhu'] });
const system = person('sys', { role: 'system_admin' });

const nobody: CarriesFile = () => Promise.resolve(false);
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const commandId = (): string => newCommandId(TEST_START, (bytes) => crypto.getRandomValues(bytes));

interface World {
  readonly db: Database;
  readonly store: BlobStore;
  readonly folder: string;
  readonly as: (actor: Actor) => FileDeps;
}

async function build(db: Database): Promise<World> {
  await db.caches.load([policyCache, categoryCache]);
  await execute(db, seedPolicy, { commandId: commandId(), actor: SYSTEM_ACTOR, at: TEST_START, requestId: 't', origin: 't' }, {});
  const folder = scratchFolder('baxing-blobs-');
  const store = localBlobStore(folder);
  return { db, store, folder, as: (actor) => ({ db, store, actor, at: TEST_START, requestId: 'req', origin: '10.0.0.1' }) };
}

const form = (bytes: Uint8Array, fields: Record<string, string> = {}, fileField = 'file'): Request => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append(fileField, new Blob([new Uint8Array(bytes)], { type: 'text/html' }), '../../etc/passwd.svg');
  return new Request('http://baxing.test/files', { method: 'POST', body });
};

/** A multipart body in chunks of 64 kB whose file has as many bytes as wanted, made while it is read. */
function endless(bytes: number, options: { cutOff?: boolean } = {}): { request: Request; sent: () => number } {
  let sent = 0;
  const chunk = new Uint8Array(65_536);
  const head = new TextEncoder().encode('--XX\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n');
  const tail = new TextEncoder().encode('\r\n--XX--\r\n');
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield head;
    for (; sent < bytes; sent += chunk.length) yield chunk;
    if (!options.cutOff) yield tail;
  }
  const body = Readable.toWeb(Readable.from(parts(), { objectMode: false, highWaterMark: 65_536 }));
  return {
    request: new Request('http://baxing.test/files', { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'multipart/form-data; boundary=XX' } } as unknown as RequestInit),
    sent: () => sent,
  };
}

async function upload(world: World, actor: Actor, bytes: Uint8Array, fields: Record<string, string> = {}): Promise<StoredPhoto> {
  const response = await handleUpload(form(bytes, fields), world.as(actor));
  const body = (await response.json()) as StoredPhoto;
  if (response.status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

const answer = async (response: Response): Promise<unknown> => ({ status: response.status, ...((await response.json()) as { error: object }).error });
const read = (world: World, actor: Actor, fileId: string, variant: 'display' | 'thumb' = 'display', headers: Record<string, string> = {}, carries = nobody): Promise<Response> =>
  handleRead(new Request(`http://baxing.test/files/${fileId}`, { headers }), world.as(actor), { fileId, variant }, carries);
const seen = async (world: World, actor: Actor, fileId: string): Promise<number> => {
  const response = await read(world, actor, fileId);
  await response.arrayBuffer();
  return response.status;
};

const blobs = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** A ticket of 扎细街道办事处 that carries the photo. */
async function attach({ db }: World, fileId: string): Promise<void> {
  const ticketId = db.newId('tkt');
  await db.writer.run(async (tx) => {
    await tx
      .insertInto('ticket')
      .values({
        id: ticketId,
        state: 'handling',
        source: 'inspection',
        category_id: 'cat_x',
        filing_standard_id: 'std_x',
        text: '',
        place: '',
        longitude: 91.1,
        latitude: 29.6,
        cell: 0,
          accuracy_m: null,
        grid_id: null,
        community_id: null,
        street_id: AREA[2],
        district_id: null,
        zone_id: null,
        area_path: `/${AREA.join('/')}/`,
        campaign_id: null,
        action_code: null,
        task_id: null,
        assignment_id: null,
        unit_id: 'unt_other',
        worker_post_id: colleague.postId,
        reported_by_post: 'pst_other',
        reported_by_unit: 'unt_other',
        reported_at: 1,
        occurred_at: null,
        dispatched_at: null,
        accepted_at: null,
        submitted_at: null,
        verified_at: null,
        closed_at: null,
        due_at: null,
        clock_state: 'none',
        warned: 0,
        late: 0,
        rework_count: 0,
        updated_at: 1,
        version: 1,
      })
      .execute();
    await tx
      .insertInto('ticket_photo')
      .values({
        id: db.newId('pho'),
        ticket_id: ticketId,
        file_id: fileId,
        stage: 'before',
        round: 0,
        post_id: worker.postId,
        added_at: 1,
        taken_at: null,
        longitude: null,
        latitude: null,
        accuracy_m: null,
      })
      .execute();
  });
}

describeEachDialect('POST /files', (open) => {
  it('keeps who says what of place and time apart, and the original beside what is served', async () => {
    const world = await build(await open());
    const original = await phonePhoto();
    const stored = await upload(world, worker, original, { takenAt: '1701137135000', longitude: '91.13', latitude: '29.67', accuracyMetres: '12.5', sha256: sha(original) });
    expect(stored).toMatchObject({
      sha256: sha(original),
      mediaType: 'image/jpeg',
      bytes: original.length,
      width: 200,
      height: 400,
      takenAt: Date.parse('2023-11-28T10:05:30+08:00'),
      receivedAt: TEST_START,
    });
    const row = await world.db.read.selectFrom('file').selectAll().where('id', '=', stored.fileId).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ uploaded_by: worker.accountId, uploaded_by_unit: worker.unitId, uploaded_at: TEST_START });
    expect(row.longitude).toBeCloseTo(91.12, 9);
    const evidence = JSON.parse(row.evidence) as PhotoEvidence;
    expect(evidence).toMatchObject({
      sha256: sha(original),
      receivedAt: TEST_START,
      device: { takenAt: 1701137135000, longitude: 91.13, latitude: 29.67, accuracyMetres: 12.5 },
      timeFrom: 'exif',
      placeFrom: 'exif',
    });
    const events = await world.db.read.selectFrom('event').select(['type', 'subject_id', 'data']).where('subject', '=', 'file').execute();
    expect(events.map((event) => [event.type, event.subject_id, (JSON.parse(event.data) as { sha256: string }).sha256])).toEqual([['file.stored', stored.fileId, sha(original)]]);
    const kept = await world.store.open({ sha256: sha(original), variant: 'original' });
    expect(Buffer.from(await new Response(kept!.stream).arrayBuffer()).equals(original)).toBe(true);
    expect(readdirSync(join(world.folder, 'staging'))).toEqual([]);
  });

  it('falls back to what the device says', async () => {
    const world = await build(await open());
    const stored = await upload(world, worker, await halves().png().toBuffer(), { takenAt: '1701137135000', longitude: '91.13', latitude: '29.67' });
    expect(stored).toMatchObject({ mediaType: 'image/png', takenAt: 1701137135000, longitude: 91.13, latitude: 29.67 });
    expect(await upload(world, worker, await halves(20, 20).webp().toBuffer())).toMatchObject({ takenAt: null, longitude: null, latitude: null });
  });

  it('answers the same bytes of the same account with the same file, once, however often and at once they are sent', async () => {
    const world = await build(await open());
    const bytes = await phonePhoto();
    const answers = await Promise.all(Array.from({ length: 6 }, () => upload(world, worker, bytes)));
    const again = await upload(world, worker, bytes, { takenAt: '1' });
    expect(new Set([...answers, again].map((stored) => stored.fileId)).size).toBe(1);
    expect(await world.db.read.selectFrom('event').select('id').where('type', '=', 'file.stored').execute()).toHaveLength(1);
    expect(blobs(world.folder)).toHaveLength(3);
  });

  it('tells nobody of the uploads of another: own file, own claims, one set of blobs', async () => {
    const world = await build(await open());
    const bytes = await halves().jpeg().toBuffer();
    const have = (actor: Actor, hash = sha(bytes)) => handleHave(new Request(`http://baxing.test/files/have?sha256=${hash}`), world.as(actor));
    const first = await upload(world, worker, bytes, { takenAt: '1701137135000' });
    expect((await have(colleague)).status).toBe(404);
    const second = await upload(world, colleague, bytes, { takenAt: '1701137199000' });
    expect(second.fileId).not.toBe(first.fileId);
    expect(second.takenAt).toBe(1701137199000);
    expect(((await (await have(worker)).json()) as StoredPhoto).fileId).toBe(first.fileId);
    expect(((await (await have(colleague)).json()) as StoredPhoto).fileId).toBe(second.fileId);
    expect((await have(worker, 'nonsense')).status).toBe(400);
    expect(blobs(world.folder)).toHaveLength(3);
  });

  it('refuses with a code and leaves nothing behind', async () => {
    const world = await build(await open());
    const jpeg = await halves().jpeg().toBuffer();
    const send = async (request: Request, actor = worker): Promise<unknown> => answer(await handleUpload(request, world.as(actor)));
    const large = endless(PHOTO_BYTES_MAX * 50);
    const cases: [Request, object, Actor?][] = [
      [form(heicHeader()), { status: 415, code: 'UNSUPPORTED_TYPE', details: { type: 'image/heic', hint: 'heic' }, requestId: 'req' }],
      [form(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')), { status: 415, code: 'UNSUPPORTED_TYPE', details: { type: 'image/svg+xml' } }],
      [form(jpeg.subarray(0, 300)), { status: 400, code: 'VALIDATION', details: { field: 'file', rule: 'BROKEN_IMAGE' } }],
      [form(Buffer.alloc(0)), { status: 400, code: 'VALIDATION', details: { field: 'file', rule: 'EMPTY' } }],
      [form(jpeg, { sha256: sha(Buffer.from('other')) }), { status: 400, details: { field: 'sha256', rule: 'HASH_DIFFERS' } }],
      [form(jpeg, { longitude: '181', latitude: '0' }), { status: 400, details: { field: 'longitude' } }],
      [form(jpeg, { longitude: 'NaN', latitude: '0' }), { status: 400, details: { field: 'longitude' } }],
      [form(jpeg, { longitude: '91' }), { status: 400, details: { field: 'latitude' } }],
      [form(jpeg, { takenAt: '' }), { status: 400, details: { field: 'takenAt' } }],
      [form(jpeg, { takenAt: '1'.repeat(300) }), { status: 400, details: { field: 'takenAt', rule: 'TOO_LONG' } }],
      [form(jpeg, Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, '1']))), { status: 400, details: { field: 'body', rule: 'TOO_MANY_PARTS' } }],
      [form(jpeg, {}, 'photo'), { status: 400, details: { field: 'photo', rule: 'UNEXPECTED_FILE' } }],
      [new Request('http://baxing.test/files', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }), { status: 400, details: { field: 'body', rule: 'NOT_MULTIPART' } }],
      [new Request('http://baxing.test/files', { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data' } }), { status: 400, details: { field: 'body', rule: 'NOT_MULTIPART' } }],
      [
        new Request('http://baxing.test/files', { method: 'POST', body: '--XX--\r\n', headers: { 'content-type': 'multipart/form-data; boundary=XX' } }),
        { status: 400, details: { field: 'file', rule: 'MISSING' } },
      ],
      [endless(300_000, { cutOff: true }).request, { status: 400, details: { field: 'body', rule: 'CUT_OFF' } }],
      [endless(PHOTO_BYTES_MAX + 1).request, { status: 413, code: 'LIMIT_EXCEEDED', details: { limit: PHOTO_BYTES_MAX, unit: 'bytes' } }],
      [large.request, { status: 413, code: 'LIMIT_EXCEEDED' }],
      [form(jpeg), { status: 403, code: 'FORBIDDEN', details: { verb: 'files.upload' } }, system],
    ];
    for (const [i, [request, expected, actor]] of cases.entries()) expect(await send(request, actor), `case ${i}`).toMatchObject(expected);
    expect(large.sent()).toBeLessThan(PHOTO_BYTES_MAX + 1_000_000);
    expect(blobs(world.folder)).toEqual([]);
    expect(await world.db.read.selectFrom('file').select('id').execute()).toEqual([]);
  });

  it('refuses two files in one body', async () => {
    const world = await build(await open());
    const jpeg = new Uint8Array(await halves().jpeg().toBuffer());
    const body = new FormData();
    body.append('file', new Blob([jpeg]), 'a.jpg');
    body.append('file', new Blob([jpeg]), 'b.jpg');
    const request = new Request('http://baxing.test/files', { method: 'POST', body });
    expect(await answer(await handleUpload(request, world.as(worker)))).toMatchObject({ status: 400, details: { field: 'body', rule: 'TOO_MANY_PARTS' } });
    expect(blobs(world.folder)).toEqual([]);
  });
});

describeEachDialect('GET /files/:id', (open) => {
  it('serves re-encoded pictures only, as pictures only', async () => {
    const world = await build(await open());
    const { fileId } = await upload(world, worker, await phonePhoto());
    for (const [variant, type] of [
      ['display', 'image/jpeg'],
      ['thumb', 'image/webp'],
    ] as const) {
      const response = await read(world, worker, fileId, variant);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([response.status, response.headers.get('content-type'), response.headers.get('content-length')]).toEqual([200, type, String(bytes.length)]);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-disposition': 'inline',
        'content-security-policy': "default-src 'none'; sandbox",
        vary: 'Cookie',
      });
      expect(response.headers.get('cache-control')).toMatch(/^private, max-age=\d+, immutable$/);
      expect((await sharp(bytes).metadata()).exif).toBeUndefined();
      expect(bytes.includes(EXIF_SECRET)).toBe(false);
      const unchanged = await read(world, worker, fileId, variant, { 'if-none-match': response.headers.get('etag')! });
      expect([unchanged.status, (await unchanged.arrayBuffer()).byteLength]).toEqual([304, 0]);
    }
    const head = await handleRead(new Request(`http://baxing.test/files/${fileId}`, { method: 'HEAD' }), world.as(worker), { fileId, variant: 'display' }, nobody);
    expect([head.status, head.body, Number(head.headers.get('content-length')) > 0]).toEqual([200, null, true]);
  });

  it('is seen by its uploader until a ticket carries it, then by who sees the ticket', async () => {
    const world = await build(await open());
    const { fileId } = await upload(world, worker, await halves().jpeg().toBuffer());
    const everyone = [worker, colleague, street, stranger, system];
    const statuses = async (): Promise<number[]> => {
      const found: number[] = [];
      for (const actor of everyone) found.push(await seen(world, actor, fileId));
      return found;
    };
    expect(await statuses()).toEqual([200, 404, 404, 404, 404]);
    await attach(world, fileId);
    expect(await statuses()).toEqual([404, 200, 200, 404, 404]);
    const refused = await read(world, stranger, fileId, 'display', { 'if-none-match': `"${fileId}-display"` });
    expect([refused.status, refused.headers.get('cache-control')]).toEqual([404, 'no-store']);
    const carried = await read(world, stranger, fileId, 'thumb', {}, (actor, id) => Promise.resolve(actor === stranger && id === fileId));
    expect(carried.status).toBe(200);
    await carried.arrayBuffer();
  });

  it('answers alike for what does not exist and for what is no id', async () => {
    const world = await build(await open());
    for (const fileId of ['fil_0', '../../etc/passwd', "fil_' or 1=1", '']) expect(await seen(world, worker, fileId)).toBe(404);
  });
});

describeEachDialect('sweepBlobs', (open) => {
  it('removes what no row names once it is a day old, and nothing else', async () => {
    const world = await build(await open());
    const wall = Date.now();
    const { sha256 } = await upload(world, worker, await halves().jpeg().toBuffer());
    const orphan = sha(Buffer.from('orphan'));
    const fresh = sha(Buffer.from('fresh'));
    for (const key of [orphan, fresh]) await world.store.put({ sha256: key, variant: 'thumb' }, Buffer.from(key));
    const stuck = await world.store.stage(
      (async function* () {
        yield Buffer.from('half');
      })(),
    );
    const age = (part: string): void => {
      for (const file of blobs(world.folder)) if (file.includes(part)) utimesSync(file, (wall - 90_000_000) / 1000, (wall - 90_000_000) / 1000);
    };
    age(sha256);
    age(orphan);
    expect(await sweepBlobs(world.db.read, world.store, wall)).toEqual({ blobs: 1, staged: 0 });
    age(stuck.file);
    expect(await sweepBlobs(world.db.read, world.store, wall)).toEqual({ blobs: 0, staged: 1 });
    expect(
      blobs(world.folder)
        .map((file) => file.slice(file.lastIndexOf('/') + 1))
        .sort(),
    ).toEqual([`${fresh}.thumb`, `${sha256}.display`, `${sha256}.original`, `${sha256}.thumb`].sort());
  });
});

describe('localBlobStore', () => {
  it('shows a blob only whole: an upload that breaks leaves no trace', async () => {
    const folder = scratchFolder('baxing-blobs-');
    const store = localBlobStore(folder);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half of it');
      throw new Error('connection lost');
    }
    await expect(store.stage(broken())).rejects.toThrow('connection lost');
    expect(blobs(folder)).toEqual([]);
    expect(await store.open({ sha256: sha(Buffer.from('x')), variant: 'display' })).toBeNull();
    await expect(store.open({ sha256: '../../x', variant: 'display' })).rejects.toThrow('not a sha256');
  });

  it('puts back what an upload wrote anew while it was being swept', async () => {
    const folder = scratchFolder('baxing-blobs-');
    const store = localBlobStore(folder);
    const key = { sha256: sha(Buffer.from('x')), variant: 'thumb' } as const;
    await store.put(key, Buffer.from('x'));
    expect(await store.removeOlder(key.sha256, Date.now() - 1000)).toBe(0);
    expect(await store.open(key).then((blob) => new Response(blob!.stream).text())).toBe('x');
    expect(statSync(blobs(folder)[0]!).mode & 0o077).toBe(0);
  });
});

describe('memory', () => {
  it('an upload of 20 MB keeps no copy of itself on the heap', async () => {
    const folder = scratchFolder('baxing-blobs-');
    const { receiveUpload } = await import('../src/server/files/receive-upload.ts');
    const { request } = endless(PHOTO_BYTES_MAX - 65_536);
    let peak = 0;
    const store = localBlobStore(folder);
    const before = process.memoryUsage().arrayBuffers;
    const watched: BlobStore = {
      ...store,
      stage: (source) =>
        store.stage(
          (async function* () {
            for await (const chunk of source) {
              peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
              yield chunk;
            }
          })(),
        ),
    };
    const received = await receiveUpload(request, watched);
    expect(received.ok && received.value.staged.bytes).toBe(PHOTO_BYTES_MAX - 65_536);
    expect(peak).toBeLessThan(PHOTO_BYTES_MAX);
    if (received.ok) await received.value.staged.discard();
  });
});
