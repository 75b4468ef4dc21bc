import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, deflateSync } from 'node:zlib';
import { placeCache } from '@baxing/jurisdictions/server';
import type { Id, RefusalCode } from '@baxing/kernel';
import { multiPolygonContains } from '@baxing/kernel';
import type { PhotoStage } from '@baxing/tickets';
import { localBlobStore, storePhoto } from '@baxing/tickets/server';
import { type Caller, commandId, refusalOf, scratchFolder, type World } from '@baxing/testing';
import { afterAll, expect } from 'vitest';

/** What the tests of tickets need of the demonstration city: places, posts, photos. */

export const tkt = (id: string): Id<'tkt'> => id as Id<'tkt'>;

const known = new Map<string, { longitude: number; latitude: number }>();

/** A point well inside the place, the same at every call; `nth` gives others. */
export function pointIn(world: World, jurisdictionId: string, nth = 0): { longitude: number; latitude: number } {
  const key = `${jurisdictionId} ${nth}`;
  const point = known.get(key) ?? findPoint(world, jurisdictionId, nth);
  known.set(key, point);
  return point;
}

function findPoint(world: World, jurisdictionId: string, nth: number): { longitude: number; latitude: number } {
  const area = world.db.caches.get(placeCache).area(jurisdictionId, world.clock.now());
  if (!area) throw new Error(`${jurisdictionId} has no border`);
  const points = area.shape.flatMap((polygon) => polygon[0]!);
  const [west, east] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))];
  const [south, north] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))];
  let found = 0;
  for (let i = 1; i < 40; i += 1)
    for (let j = 1; j < 40; j += 1) {
      const [x, y] = [west + ((east - west) * i) / 40, south + ((north - south) * j) / 40];
      if (multiPolygonContains(area.shape, x, y) && found++ === nth) return { longitude: x, latitude: y };
    }
  throw new Error(`${jurisdictionId} is too small`);
}

export interface Cast {
  readonly street: Caller;
  readonly worker: Caller;
  readonly otherWorker: Caller;
  readonly verifier: Caller;
  readonly otherStreet: Caller;
  readonly dispatcher: Caller;
  readonly officer: Caller;
  readonly station: Caller;
  readonly ids: {
    readonly zhaxi: Id<'unt'>;
    readonly jinzhuxi: Id<'unt'>;
    readonly stationUnit: Id<'unt'>;
    readonly worker: Id<'pst'>;
    readonly otherWorker: Id<'pst'>;
    readonly officer: Id<'pst'>;
    readonly grid: Id<'jur'>;
    readonly otherGrid: Id<'jur'>;
    readonly zhaxiArea: Id<'jur'>;
    readonly jinzhuxiArea: Id<'jur'>;
  };
}

export async function castOf(world: World): Promise<Cast> {
  const [street, worker, otherWorker, verifier, otherStreet, dispatcher, officer, station] = await Promise.all(
    ['street.zhaxi', 'grid.zhaxi.1', 'grid.zhaxi.2', 'verify.zhaxi', 'street.jinzhuxi', 'dispatch.city', 'officer.zhaxi.1', 'station.zhaxi'].map((name) => world.as(name)),
  );
  const me = async (caller: Caller | undefined) => (await caller!.auth.me()).post;
  const [ofStreet, ofWorker, ofOtherWorker, ofOtherStreet, ofOfficer, ofStation] = await Promise.all([street, worker, otherWorker, otherStreet, officer, station].map(me));
  return {
    street: street!,
    worker: worker!,
    otherWorker: otherWorker!,
    verifier: verifier!,
    otherStreet: otherStreet!,
    dispatcher: dispatcher!,
    officer: officer!,
    station: station!,
    ids: {
      zhaxi: ofStreet!.unitId,
      jinzhuxi: ofOtherStreet!.unitId,
      stationUnit: ofStation!.unitId,
      worker: ofWorker!.postId,
      otherWorker: ofOtherWorker!.postId,
      officer: ofOfficer!.postId,
      grid: ofWorker!.areaId!,
      otherGrid: ofOtherWorker!.areaId!,
      zhaxiArea: ofStreet!.areaId!,
      jinzhuxiArea: ofOtherStreet!.areaId!,
    },
  };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

let painted = 0;

/** A picture of 4 × 4 pixels that is like no other of this run. */
export function picture(): Buffer {
  painted += 1;
  const header = Buffer.from([0, 0, 0, 4, 0, 0, 0, 4, 8, 2, 0, 0, 0]);
  const row = Buffer.from([0, ...Array.from({ length: 12 }, (_, i) => (painted >> ((i % 3) * 8)) & 0xff)]);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat([row, row, row, row]))), chunk('IEND', Buffer.alloc(0))]);
}

let folder: string | null = null;

afterAll(() => {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  folder = null;
});

/** Uploads a new picture as that account, through the code behind `POST /files`. */
export async function photoOf(world: World, userName: string, stage: PhotoStage): Promise<{ fileId: Id<'fil'>; stage: PhotoStage }> {
  folder ??= scratchFolder('baxing-photos-');
  const store = localBlobStore(join(folder, 'files'));
  const { accountId, post } = await (await world.as(userName)).auth.me();
  const staged = await store.stage(Readable.from([picture()]));
  const actor = { accountId, userName, postId: post.postId, role: post.role, unitId: post.unitId, areaId: post.areaId, areaPath: [], actionCode: post.actionCode } as Parameters<
    typeof storePhoto
  >[2]['actor'];
  const stored = await storePhoto(world.db, store, { commandId: commandId(), actor, at: world.clock.now(), requestId: 'test', origin: '127.0.0.1' }, staged, {});
  if (!stored.ok) throw new Error(stored.refusal.code);
  return { fileId: stored.value.fileId as Id<'fil'>, stage };
}

export const evidenceOf = async (world: World, userName: string) => [await photoOf(world, userName, 'before'), await photoOf(world, userName, 'after')];

export type Reached = 'reported' | 'dispatched' | 'handling' | 'submitted' | 'verified' | 'closed';

const STEPS: readonly Reached[] = ['reported', 'dispatched', 'handling', 'submitted', 'verified', 'closed'];

/** A new ticket in 扎细街道, brought as far as wanted by the street, grid worker one and the street's check post. */
export async function ticketAt(world: World, cast: Cast, until: Reached, over: Partial<Parameters<Caller['tickets']['report']>[0]> = {}): Promise<Id<'tkt'>> {
  const goal = STEPS.indexOf(until);
  const id = world.id;
  const { ticketId: made } = await cast.street.tickets.report({ commandId: id(), ...pointIn(world, cast.ids.grid), text: '巷口积存垃圾', ...over });
  const ticketId = tkt(made);
  if (goal >= 1) await cast.street.tickets.dispatch({ commandId: id(), ticketId, workerPostId: cast.ids.worker });
  if (goal >= 2) await cast.worker.tickets.accept({ commandId: id(), ticketId });
  if (goal >= 3) await cast.worker.tickets.submit({ commandId: id(), ticketId, photos: await evidenceOf(world, 'grid.zhaxi.1') });
  if (goal >= 4) await cast.verifier.tickets.verify({ commandId: id(), ticketId });
  if (goal >= 5) await cast.verifier.tickets.close({ commandId: id(), ticketId });
  return ticketId;
}

/** The call is refused with that code; details as given. */
export async function expectRefusal(call: Promise<unknown>, code: RefusalCode, details?: Record<string, unknown>): Promise<void> {
  expect(await refusalOf(call)).toMatchObject({ code, ...(details === undefined ? {} : { details }) });
}

export const eventsOf = (world: World, subjectId: string) => world.db.read.selectFrom('event').selectAll().where('subject_id', '=', subjectId).orderBy('id').execute();
