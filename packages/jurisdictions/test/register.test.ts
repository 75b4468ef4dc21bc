import { type CommandDefinition, type Database, execute, openDatabase } from '@baxing/db';
import { boundsOf, newCommandId, type Position, multiPolygonContains, type Result, SYSTEM_ACTOR, wgs84ToGcj02 } from '@baxing/kernel';
import { describeEachDialect } from '@baxing/testing';
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DivisionsImport, NATIONAL_CODES, parseAreas } from '../src/index.ts';
import {
  DEFAULT_CITY_VALID_FROM,
  getJurisdiction,
  importAreas,
  importDivisions,
  importUnits,
  jurisdictionShapes,
  listJurisdictions,
  listUnits,
  loadDefaultCity,
  locate,
  placeCache,
  type PlaceIndex,
  setUnitArea,
} from '../src/server/index.ts';
import { jurisdictionShapesSchema, listJurisdictionsSchema, listUnitsSchema, locateSchema } from '../src/schemas.ts';

const AT = Date.parse('2023-11-28T09:30:00+08:00');
const city = loadDefaultCity();

async function run<Input, Output, Raw>(db: Database, command: CommandDefinition<Input, Output, Raw>, raw: Raw): Promise<Result<Output>> {
  const commandId = newCommandId(AT, (bytes) => void randomFillSync(bytes));
  return execute(db, command, { commandId, actor: SYSTEM_ACTOR, at: AT, requestId: 'test', origin: 'test' }, command.input.parse(raw));
}
async function loadCity(db: Database): Promise<Result<unknown>[]> {
  const answers: Result<unknown>[] = [];
  for (const input of city.divisions) answers.push(await run(db, importDivisions, input));
  for (const input of city.areas) answers.push(await run(db, importAreas, input));
  answers.push(await run(db, importUnits, city.units));
  return answers;
}
const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
};

/** Points of a given cell, a hand's breadth away from its border or more. */
function insidePoints(name: string, count: number): Map<string, Position[]> {
  const parsed = parseAreas(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8'));
  return new Map(
    value(parsed).map(({ code, shape }) => {
      const [west, south, east, north] = boundsOf(shape);
      const points: Position[] = [];
      for (let i = 1; points.length < count; i += 1) {
        // Halton sequence: even, without chance.
        const [x, y] = [west + (east - west) * halton(i, 2), south + (north - south) * halton(i, 3)];
        if ([[0, 0], [2e-6, 2e-6], [-2e-6, -2e-6], [2e-6, -2e-6], [-2e-6, 2e-6]].every(([dx, dy]) => multiPolygonContains(shape, x + dx!, y + dy!))) points.push([x, y]);
      }
      return [code, points];
    }),
  );
}
function halton(index: number, base: number): number {
  let [result, fraction, i] = [0, 1, index];
  while (i > 0) {
    fraction /= base;
    result += fraction * (i % base);
    i = Math.floor(i / base);
  }
  return result;
}

describeEachDialect('the packaged city', (open) => {
  let db: Database;
  let places: PlaceIndex;
  beforeAll(async () => {
    db = await open();
    await db.caches.load([placeCache]);
    for (const answer of await loadCity(db)) value(answer);
    places = db.caches.get(placeCache);
  });
  const place = (code: string) => places.byCode(NATIONAL_CODES.source, NATIONAL_CODES.edition, code, AT)!;

  it('has the tree, the zones beside it and the grids', () => {
    const kinds = Map.groupBy(places.jurisdictions(AT), ({ kind }) => kind);
    expect(Object.fromEntries([...kinds].map(([kind, list]) => [kind, list.length]))).toEqual({ city: 1, district: 8, street: 65, community: 283, grid: city.divisions[1]!.rows.length, zone: 4 });
    expect(places.children(place('540100000000').id, AT).map(({ name }) => name)).toEqual(['城关区', '堆龙德庆区', '达孜区', '林周县', '当雄县', '尼木县', '曲水县', '墨竹工卡县']);
    for (const zone of places.zones(AT)) expect(places.subtree(place('540100000000').id, AT)).not.toContain(zone);
  });

  it('keeps the codes of a zone, its pseudo-township and 虚拟社区 on the zone', () => {
    expect(place('540172400498')).toBe(place('540172000000'));
    expect(place('540172400000').kind).toBe('zone');
    expect(place('540173000000').codes.map(({ code }) => code)).toEqual(['540173000000', '540173400000', '540173400498']);
  });

  it('keeps two 德庆镇 apart', () => {
    const namesakes = places.jurisdictions(AT).filter(({ name }) => name === '德庆镇');
    expect(namesakes).toHaveLength(2);
    expect(new Set(namesakes.map(({ id }) => id)).size).toBe(2);
    expect(namesakes.map(({ parentId }) => places.jurisdiction(parentId!, AT)!.name).sort()).toEqual(['堆龙德庆区', '达孜区'].sort());
  });

  it('locates points of each of the 65 cells: street, its office or the county government, no zone, 示意', () => {
    const points = insidePoints('lhasa_townships_SYNTHETIC_wgs84.geojson', 8);
    expect(points.size).toBe(65);
    for (const [code, list] of points)
      for (const [x, y] of list) {
        const found = places.locate(x, y, AT)!;
        const street = found.chain.find(({ kind }) => kind === 'street');
        expect(street?.code).toBe(code);
        const inTown = code.startsWith('540102');
        expect(found.chain.map(({ kind }) => kind)).toEqual(inTown ? ['city', 'district', 'street', 'community', 'grid'] : ['city', 'district', 'street', 'community']);
        expect(found.territorialUnit?.shortName).toBe(inTown ? street!.name : found.chain[1]!.name);
        expect(found).toMatchObject({ zone: null, synthetic: true });
      }
  });

  it('names the other units whose area covers a point, nearest first', () => {
    const [[x, y]] = insidePoints('lhasa_townships_SYNTHETIC_wgs84.geojson', 1).get('540102005000') as [Position];
    const found = places.locate(x, y, AT)!;
    expect(found.territorialUnit).toMatchObject({ name: '扎细街道办事处', kind: 'street_office' });
    expect(found.units.slice(0, 4).map(({ shortName }) => shortName)).toEqual(['扎细派出所', '城南大队', '城关分局', '城关区']);
    expect(found.units.map(({ kind }) => kind)).toContain('department');
    expect(found.units.map(({ name }) => name)).not.toContain('西藏众源建材集团有限公司');
  });

  it('knows nothing outside the city or before its validity', () => {
    const [[x, y]] = insidePoints('lhasa_townships_SYNTHETIC_wgs84.geojson', 1).get('540102005000') as [Position];
    expect(places.locate(104.06, 30.67, AT)).toBeNull();
    expect(places.locate(Number.NaN, y, AT)).toBeNull();
    expect(places.locate(x, y, DEFAULT_CITY_VALID_FROM)).not.toBeNull();
    expect(places.locate(x, y, DEFAULT_CITY_VALID_FROM - 1)).toBeNull();
  });

  it('has the 44 units of the register with their parents', () => {
    expect(places.units(AT)).toHaveLength(44);
    const station = places.findUnits('扎细派出所', AT)[0]!;
    expect(station.kind).toBe('station');
    expect(places.unit(station.parentId!, AT)?.name).toBe('城关公安分局');
    expect(places.unitsOfKind('street_office', place('540102000000').id, AT)).toHaveLength(12);
    expect(places.unitsOfKind('street_office', place('540104000000').id, AT)).toEqual([]);
    expect(places.findUnits('八一街道办事处', AT)).toEqual([]);
    expect(places.unitAreas(places.findUnits('文创园区', AT)[0]!.id, AT)).toMatchObject([{ kind: 'zone', name: '西藏文化旅游创意园区' }]);
  });

  it('loaded again creates nothing, changes nothing and records nothing', async () => {
    const count = async (): Promise<unknown> => {
      const answer: Record<string, number> = {};
      for (const table of ['jurisdiction', 'jurisdiction_term', 'jurisdiction_code', 'jurisdiction_area', 'unit', 'unit_area', 'event'] as const)
        answer[table] = Number((await db.read.selectFrom(table).select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow()).n);
      return answer;
    };
    const before = await count();
    for (const answer of await loadCity(db)) expect(value(answer)).toMatchObject({ created: 0, changed: 0 });
    expect(await count()).toEqual(before);
    expect(db.caches.get(placeCache)).toBe(places);
  });

  it('answers the queries of the API in plain JSON', () => {
    const district = place('540102000000');
    const streets = value(listJurisdictions(places, listJurisdictionsSchema.parse({ parentId: district.id }), AT));
    expect(streets).toMatchObject({ at: AT, next: null });
    expect(streets.items.map(({ name }) => name)).toHaveLength(12);
    expect(streets.items[0]).toMatchObject({ name: '八廓街道', code: '540102002000', codes: [{ source: 'nbs', edition: '2023', code: '540102002000' }], childCount: 7, areaSynthetic: true, synthetic: false });
    expect(streets.items[0]).not.toHaveProperty('shape');

    const grids = [];
    let after: string | undefined;
    do {
      const page = value(listJurisdictions(places, listJurisdictionsSchema.parse({ parentId: district.id, kind: 'grid', after, limit: 100 }), AT));
      grids.push(...page.items);
      after = page.next ?? undefined;
    } while (after);
    expect(new Set(grids.map(({ id }) => id)).size).toBe(city.divisions[1]!.rows.length);

    const [[x, y]] = insidePoints('lhasa_townships_SYNTHETIC_wgs84.geojson', 1).get('540102005000') as [Position];
    const shifted = wgs84ToGcj02([x, y]);
    const found = locate(places, locateSchema.parse({ longitude: shifted[0], latitude: shifted[1], crs: 'gcj02' }), AT);
    expect(found?.chain).toEqual(locate(places, locateSchema.parse({ longitude: x, latitude: y }), AT)?.chain);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);

    const shapes = value(jurisdictionShapes(places, jurisdictionShapesSchema.parse({ kind: 'street', within: district.id }), AT));
    expect(shapes).toMatchObject({ type: 'FeatureCollection', synthetic: true });
    expect(shapes.features).toHaveLength(12);
    expect(value(jurisdictionShapes(places, jurisdictionShapesSchema.parse({ kind: 'zone' }), AT)).features).toEqual([]);

    expect(value(listUnits(places, listUnitsSchema.parse({ text: '扎细' }), AT)).items.map(({ kind }) => kind)).toEqual(['station', 'street_office']);
    expect(value(getJurisdiction(places, { id: district.id, at: undefined }, AT)).units.map(({ kind }) => kind)).toContain('district_government');
    expect(getJurisdiction(places, { id: district.id, at: DEFAULT_CITY_VALID_FROM - 1 }, AT)).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
  });
});

describeEachDialect('the register', (open, dialect) => {
  let db: Database;
  const FROM = 1_000_000;
  const rows = (name = '甲街道', parentCode = 'd1'): DivisionsImport['rows'] => [
    { code: 's1', alsoCodes: [], parentCode, kind: 'street', name, ordinal: 4 },
    { code: 'd1', alsoCodes: [], parentCode: 'c', kind: 'district', name: '一区', ordinal: 2 },
    { code: 'd2', alsoCodes: [], parentCode: 'c', kind: 'district', name: '二区', ordinal: 3 },
    { code: 'c', alsoCodes: [], parentCode: null, kind: 'city', name: '市', ordinal: 1 },
  ];
  const divisions = (list: DivisionsImport['rows'], validFrom = FROM): DivisionsImport => ({ codes: NATIONAL_CODES, parentCodes: NATIONAL_CODES, validFrom, synthetic: false, rows: list });
  const places = (): PlaceIndex => db.caches.get(placeCache);
  const street = (at: number) => places().byCode('nbs', '2023', 's1', at)!;
  beforeEach(async () => {
    db = await open();
    await db.caches.load([placeCache]);
    expect(value(await run(db, importDivisions, divisions(rows())))).toEqual({ created: 4, changed: 0, unchanged: 0 });
  });

  it('renames and moves from an instant on and keeps the id', async () => {
    const { id } = street(FROM);
    expect(value(await run(db, importDivisions, divisions(rows('乙街道', 'd2'), 2 * FROM)))).toEqual({ created: 0, changed: 1, unchanged: 3 });
    expect(street(2 * FROM)).toMatchObject({ id, name: '乙街道' });
    expect(places().ancestors(id, 2 * FROM).map(({ name }) => name)).toEqual(['市', '二区']);
    expect(street(2 * FROM - 1)).toMatchObject({ id, name: '甲街道' });
    expect(places().ancestors(id, 2 * FROM - 1).map(({ name }) => name)).toEqual(['市', '一区']);
    const event = await db.read.selectFrom('event').select(['type', 'data']).orderBy('id', 'desc').executeTakeFirstOrThrow();
    expect(event.type).toBe('divisions.imported');
    expect(JSON.parse(event.data)).toMatchObject({ changed: 1, changes: [{ id, name: '乙街道', wasName: '甲街道' }] });
  });

  it.each([
    ['an unknown parent', [{ code: 's2', alsoCodes: [], parentCode: 'nowhere', kind: 'street' as const, name: '丙', ordinal: 1 }], 2 * FROM, 'PARENT_UNKNOWN'],
    ['a grid under a district', [{ code: 'g', alsoCodes: [], parentCode: 'd1', kind: 'grid' as const, name: '丙', ordinal: 1 }], 2 * FROM, 'PARENT_KIND'],
    ['a second city', [{ code: 'c2', alsoCodes: [], parentCode: null, kind: 'city' as const, name: '丙', ordinal: 1 }], 2 * FROM, 'CITY_EXISTS'],
    ['another kind under a known code', [{ code: 's1', alsoCodes: [], parentCode: 'c', kind: 'zone' as const, name: '甲街道', ordinal: 1 }], 2 * FROM, 'KIND_DIFFERS'],
    ['a rename at the instant of the present name', rows('乙街道'), FROM, 'TERM_NOT_OPEN'],
    ['a rename in the past', rows('乙街道'), FROM - 1, 'TERM_NOT_OPEN'],
    ['a further code of another place', [{ code: 's3', alsoCodes: ['s1'], parentCode: 'd1', kind: 'street' as const, name: '丙', ordinal: 1 }], 2 * FROM, 'CODE_TAKEN'],
  ])('refuses %s and writes nothing of the file', async (_, list, from, rule) => {
    const extra = { code: 'd9', alsoCodes: [], parentCode: 'c', kind: 'district' as const, name: '九区', ordinal: 9 };
    const refused = await run(db, importDivisions, divisions([extra, ...list], from));
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'VALIDATION', details: { findings: expect.arrayContaining([expect.objectContaining({ rule })]) } } });
    expect(places().byCode('nbs', '2023', 'd9', 2 * FROM)).toBeNull();
  });

  it('redraws a border from an instant on', async () => {
    const shape = (east: number) => [[[[0, 0], [east, 0], [east, 1], [0, 1], [0, 0]]]] as [number, number][][][];
    const areas = (east: number, validFrom: number, code = 's1') => ({ codes: NATIONAL_CODES, validFrom, synthetic: false, source: 'test', areas: [{ code, shape: shape(east) }] });
    expect(value(await run(db, importAreas, areas(2, FROM)))).toEqual({ created: 1, changed: 0, unchanged: 0 });
    expect(value(await run(db, importAreas, areas(1, 2 * FROM)))).toEqual({ created: 0, changed: 1, unchanged: 0 });
    expect(places().locate(1.5, 0.5, 2 * FROM - 1)?.chain.at(-1)?.name).toBe('甲街道');
    expect(places().locate(1.5, 0.5, 2 * FROM)).toBeNull();
    expect(await run(db, importAreas, areas(3, FROM))).toMatchObject({ refusal: { details: { findings: [{ rule: 'AREA_NOT_OPEN' }] } } });
    expect(await run(db, importAreas, areas(3, 2 * FROM, 'nowhere'))).toMatchObject({ refusal: { details: { findings: [{ rule: 'CODE_UNKNOWN' }] } } });
    expect(importAreas.input.safeParse({ ...areas(1, FROM), areas: [{ code: 's1', shape: [[[[0, 0], [1, 1], [1, 0], [0, 1.5], [0, 0]]]] }] }).success).toBe(false);
  });

  const unitRow = (name: string, over: object = {}) => ({ name, shortName: name, kind: 'station' as const, parent: null, areaCode: 's1', areaNote: '', note: '', ordinal: 1, ...over });
  const units = (list: ReturnType<typeof unitRow>[], validFrom = FROM) => ({ codes: NATIONAL_CODES, validFrom, rows: list });

  it('imports units with parents by short name in any order, and finds what cannot be', async () => {
    const bureau = unitRow('公安分局', { shortName: '分局', kind: 'police_bureau', areaCode: 'd1' });
    expect(value(await run(db, importUnits, units([unitRow('派出所', { parent: '分局' }), bureau])))).toEqual({ created: 2, changed: 0, unchanged: 0 });
    expect(places().unit(places().findUnits('派出所')[0]!.parentId!)?.name).toBe('公安分局');
    const findings = await run(db, importUnits, units([unitRow('无上级', { parent: '无此单位' }), unitRow('无辖区', { areaCode: '9' }), unitRow('派出所', { kind: 'brigade' }), unitRow('公安分局', { shortName: '分局', parent: '派出所', kind: 'police_bureau' })]));
    expect(findings).toMatchObject({ refusal: { details: { findings: expect.arrayContaining(['PARENT_UNKNOWN', 'AREA_UNKNOWN', 'KIND_DIFFERS', 'AREA_NOT_OPEN'].map((rule) => expect.objectContaining({ rule }))) } } });
    const loop = await run(db, importUnits, units([bureau, unitRow('派出所', { parent: '分局' }), { ...bureau, parent: '派出所' } as never]));
    expect(loop).toMatchObject({ refusal: { details: { findings: expect.arrayContaining([expect.objectContaining({ rule: 'PARENT_LOOP' })]) } } });
    expect(places().units(FROM)).toHaveLength(2);
  });

  it('moves a unit to another area to the millisecond, once per version', async () => {
    value(await run(db, importUnits, units([unitRow('派出所')])));
    const unit = places().findUnits('派出所')[0]!;
    const input = { unitId: unit.id, version: 1, from: 2 * FROM, areas: [{ jurisdictionId: places().byCode('nbs', '2023', 'd2', FROM)!.id, note: '' }] };
    expect(value(await run(db, setUnitArea, input))).toEqual({ version: 2 });
    expect(places().unitAreas(unit.id, 2 * FROM - 1).map(({ name }) => name)).toEqual(['甲街道']);
    expect(places().unitAreas(unit.id, 2 * FROM).map(({ name }) => name)).toEqual(['二区']);
    expect(await run(db, setUnitArea, input)).toMatchObject({ refusal: { code: 'CONFLICT', details: { version: 2 } } });
    expect(await run(db, setUnitArea, { ...input, version: 2, from: FROM })).toMatchObject({ refusal: { code: 'WRONG_STATE' } });
    expect(await run(db, setUnitArea, { ...input, version: 2, from: 3 * FROM, areas: [{ jurisdictionId: 'jur_none', note: '' }] })).toMatchObject({ refusal: { code: 'VALIDATION' } });
    expect(await run(db, setUnitArea, { ...input, unitId: 'unt_none' })).toMatchObject({ refusal: { code: 'NOT_FOUND' } });
    expect(value(await run(db, setUnitArea, { ...input, version: 2, from: 3 * FROM, areas: [] }))).toEqual({ version: 3 });
    expect(places().unitAreas(unit.id, 3 * FROM)).toEqual([]);
  });

  it('two imports of the same file at once create it once', async () => {
    const fresh: DivisionsImport['rows'] = [{ code: 's5', alsoCodes: [], parentCode: 'd1', kind: 'street', name: '戊街道', ordinal: 5 }];
    const answers = await Promise.all([1, 2, 3].map(() => run(db, importDivisions, divisions(fresh))));
    expect(answers.map((answer) => value(answer).created).sort()).toEqual([0, 0, 1]);
  });

  it('reaches another process through its epoch', async () => {
    const other = openDatabase(db.target, { readonly: true });
    try {
      await other.caches.load([placeCache]);
      value(await run(db, importUnits, units([unitRow('派出所')])));
      expect(other.caches.get(placeCache).findUnits('派出所')).toEqual([]);
      await other.caches.refresh();
      expect(other.caches.get(placeCache).findUnits('派出所')).toHaveLength(1);
    } finally {
      await other.close();
    }
    expect(['sqlite', 'postgres']).toContain(dialect);
  });
});

describe('inputs', () => {
  it('have limits', () => {
    const row = { code: '1', alsoCodes: [], parentCode: null, kind: 'city', name: '市', ordinal: 1 };
    const input = { codes: NATIONAL_CODES, parentCodes: NATIONAL_CODES, validFrom: 0, synthetic: false };
    expect(importDivisions.input.safeParse({ ...input, rows: [row] }).success).toBe(true);
    expect(importDivisions.input.safeParse({ ...input, rows: [] }).success).toBe(false);
    expect(importDivisions.input.safeParse({ ...input, rows: [{ ...row, name: '长'.repeat(61) }] }).success).toBe(false);
    expect(importDivisions.input.safeParse({ ...input, rows: [{ ...row, code: 'a b' }] }).success).toBe(false);
    expect(importDivisions.input.safeParse({ ...input, rows: Array.from({ length: 20_001 }, () => row) }).success).toBe(false);
  });
});
