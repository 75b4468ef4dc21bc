import { type Database, type Schema, type Tx } from '@baxing/db';
import { type PlaceIndex, placeCache } from '@baxing/jurisdictions/server';
import { cellOf, DAY_MS, HOUR_MS, multiPolygonContains } from '@baxing/kernel';
import { type Insertable } from 'kysely';
import { isOpen, type TicketState } from '../src/index.ts';
import { categoryCache } from '../src/server/categories/index.ts';
import { recountTickets } from '../src/server/index.ts';
import { indexText, searchable } from '../src/server/search-text.ts';

/**
 * Fills a database with tickets as a city would have them after a year: real categories and limits, places inside real cells, more of the newer and
 * busier ones, nine in ten closed. Seeded: the same seed makes the same tickets. For benchmarks and soaks; leaves no events.
 */
export interface GenerateOptions {
  readonly count: number;
  readonly seed: number;
  /** Newest report, epoch ms; the oldest is a year before. */
  readonly until: number;
  /** Worker posts by unit, for the open ones. */
  readonly workers: ReadonlyMap<string, readonly string[]>;
  readonly reporter: { readonly postId: string; readonly unitId: string };
  readonly onProgress: (done: number) => void;
}

/** mulberry32: small, seeded, good enough to spread test data. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WHERE = ['小区东门', '菜市场入口', '公交站旁', '学校围墙外', '河边步道', '巷口', '停车场西侧', '便民警务站对面', '工地出入口', '转经道旁', '茶馆门前', '爱心驿站旁'];
const WHAT = ['堆有垃圾未清运', '井盖破损松动', '占道摆放影响通行', '小广告成片', '电动车飞线充电', '路面坑洼积水', '绿化带内有弃料', '噪音扰民', '渣土遗撒', '护栏缺失', '垃圾桶满溢', '消防通道被堵'];
const MORE = ['，群众反映多次', '，请尽快处理', '，需两个部门配合', '，已劝导未改', '', '', '', '，夜间尤其明显'];

const STATES: readonly (readonly [TicketState, number])[] = [
  ['closed', 0.9],
  ['pending_dispatch', 0.02],
  ['dispatched', 0.02],
  ['handling', 0.03],
  ['submitted', 0.02],
  ['verified', 0.005],
  ['returned', 0.005],
];

interface Spot {
  readonly longitude: number;
  readonly latitude: number;
  readonly ids: Readonly<Record<string, string>>;
  readonly areaPath: string;
  readonly unitIds: readonly string[];
}

const SPOTS = 4000;

/** Points inside leaves of the tree; 城关区's grids get most of them. */
function spotsOf(places: PlaceIndex, at: number, random: () => number): Spot[] {
  const leaves = places.jurisdictions(at).filter((place) => (place.kind === 'grid' || place.kind === 'community') && places.area(place.id, at) !== null);
  const grids = leaves.filter((place) => place.kind === 'grid');
  const spots: Spot[] = [];
  while (spots.length < SPOTS) {
    const pool = random() < 0.8 ? grids : leaves;
    const { shape, bounds } = places.area(pool[Math.floor(random() * pool.length)]!.id, at)!;
    const longitude = bounds[0] + random() * (bounds[2] - bounds[0]);
    const latitude = bounds[1] + random() * (bounds[3] - bounds[1]);
    if (!multiPolygonContains(shape, longitude, latitude)) continue;
    const located = places.locate(longitude, latitude, at);
    if (!located?.territorialUnit) continue;
    spots.push({
      longitude,
      latitude,
      ids: Object.fromEntries(located.chain.map((link) => [link.kind, link.id])),
      areaPath: places.pathOf(located.chain.at(-1)!.id, at),
      unitIds: [located.territorialUnit.id, ...located.units.map((unit) => unit.id)],
    });
  }
  return spots;
}

/** Skewed: small indexes come more often. */
const skewed = (random: () => number, length: number): number => Math.floor(random() ** 3 * length);

const CHUNK = 100;
const CHUNKS_PER_UNIT = 20;

export async function generateTickets(db: Database, options: GenerateOptions): Promise<void> {
  const random = seeded(options.seed);
  const places = db.caches.get(placeCache);
  const spots = spotsOf(places, options.until, random);
  const index = db.caches.get(categoryCache);
  const categories = index.active(options.until);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

  function stateOf(): TicketState {
    let left = random();
    for (const [state, share] of STATES) if ((left -= share) < 0) return state;
    return 'closed';
  }

  function make(i: number): Insertable<Schema['ticket']> {
    const spot = spots[skewed(random, spots.length)]!;
    const category = categories[skewed(random, categories.length)]!;
    const standard = pick(index.standardsOf(category.id));
    const state = stateOf();
    const reported = Math.floor(options.until - 365 * DAY_MS * (1 - (i + random()) / options.count));
    const dispatched = state === 'pending_dispatch' || state === 'returned' ? null : reported + Math.floor(random() * HOUR_MS);
    const unitId = dispatched === null ? null : random() < 0.8 ? spot.unitIds[0]! : pick(spot.unitIds);
    const due = dispatched === null ? null : dispatched + (2 + Math.floor(random() * 120)) * HOUR_MS;
    const late = due !== null && (isOpen(state) ? due < options.until : random() < 0.08);
    const ended = dispatched === null ? null : dispatched + Math.floor(random() * 48 * HOUR_MS);
    const done = state === 'submitted' || state === 'verified' || state === 'closed';
    const [longitude, latitude] = [spot.longitude + (random() - 0.5) * 1e-4, spot.latitude + (random() - 0.5) * 1e-4];
    const workers = unitId === null ? [] : (options.workers.get(unitId) ?? []);
    return {
      id: db.newId('tkt'),
      state,
      source: random() < 0.7 ? 'inspection' : 'hotline',
      category_id: category.id,
      filing_standard_id: standard.id,
      text: `${pick(WHERE)}${pick(WHAT)}${pick(MORE)}`,
      place: pick(WHERE),
      longitude,
      latitude,
      cell: cellOf([longitude, latitude]),
      accuracy_m: Math.round(random() * 30),
      grid_id: spot.ids['grid'] ?? null,
      community_id: spot.ids['community'] ?? null,
      street_id: spot.ids['street'] ?? null,
      district_id: spot.ids['district'] ?? null,
      zone_id: null,
      area_path: spot.areaPath,
      campaign_id: null,
      action_code: random() < 0.5 ? pick(['sanitation', 'municipal', 'traffic', 'market']) : null,
      task_id: null,
      assignment_id: null,
      unit_id: unitId,
      worker_post_id: workers.length > 0 && random() < 0.8 ? pick(workers) : null,
      reported_by_post: options.reporter.postId,
      reported_by_unit: options.reporter.unitId,
      reported_at: reported,
      occurred_at: null,
      dispatched_at: dispatched,
      accepted_at: done || state === 'handling' ? dispatched! + HOUR_MS : null,
      submitted_at: done ? ended : null,
      verified_at: state === 'verified' || state === 'closed' ? ended! + HOUR_MS : null,
      closed_at: state === 'closed' ? ended! + 2 * HOUR_MS : null,
      due_at: due,
      clock_state: due === null ? 'none' : done ? 'stopped' : 'running',
      warned: late ? 1 : 0,
      late: late ? 1 : 0,
      rework_count: random() < 0.1 ? 1 : 0,
      updated_at: reported + HOUR_MS,
      version: 4,
    };
  }

  async function insert(tx: Tx, from: number, count: number): Promise<void> {
    const values = Array.from({ length: count }, (_, i) => make(from + i));
    const rows = await tx.insertInto('ticket').values(values).returning(['row', 'text', 'place']).execute();
    await indexText({ tx, dialect: db.dialect }, rows.map((row) => ({ row: row.row, text: searchable(row) })));
  }

  for (let done = 0; done < options.count; ) {
    const start = done;
    await db.writer.run(async (tx) => {
      let at = start;
      for (let i = 0; i < CHUNKS_PER_UNIT && at < options.count; i += 1) {
        const size = Math.min(CHUNK, options.count - at);
        await insert(tx, at, size);
        at += size;
      }
    });
    done = Math.min(options.count, start + CHUNK * CHUNKS_PER_UNIT);
    options.onProgress(done);
  }
  await setCounters(db);
}

/** Counters as the tickets' own commands would have left them. */
async function setCounters(db: Database): Promise<void> {
  const counted = await recountTickets(db.read);
  await db.writer.run(async (tx) => {
    for (const [key, value] of counted) {
      const [scope, subject, name] = key.split('\n') as [string, string, string];
      await tx
        .insertInto('counter')
        .values({ scope, subject, name, value })
        .onConflict((c) => c.columns(['scope', 'subject', 'name']).doUpdateSet({ value }))
        .execute();
    }
    await tx.deleteFrom('counter_delta').where('scope', 'in', ['ticket.unit', 'ticket.street']).execute();
  });
}
