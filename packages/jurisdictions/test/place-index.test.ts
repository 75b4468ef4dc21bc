import { boundsOf, type MultiPolygon } from '@baxing/kernel';
import { describe, expect, it } from 'vitest';
import { PlaceIndex } from '../src/server/index.ts';
import type { PlaceRows } from '../src/server/place-index.ts';

/** An old street on x 0…2 that loses x 0…1 to a new street at CUT; a community moves with the ground; the old office keeps the rest. */
const CUT = 1_701_187_200_000;
const open = { valid_from: 0, valid_to: null };
const before = { valid_from: 0, valid_to: CUT };
const after = { valid_from: CUT, valid_to: null };
const box = (west: number, east: number): MultiPolygon => [[[[west, 0], [east, 0], [east, 1], [west, 1], [west, 0]]]];
const area = (jurisdiction_id: string, shape: MultiPolygon, dated: typeof open | typeof before) => ({ jurisdiction_id, shape, area_m2: 1, bounds: boundsOf(shape), synthetic: 0, source: 'test', ...dated });
const life = (id: string, kind: PlaceRows['jurisdictions'][number]['kind'], dated: typeof open | typeof before = open) => ({ id, kind, layer: kind === 'zone' ? ('zone' as const) : ('territorial' as const), synthetic: 0, ...dated });
const term = (jurisdiction_id: string, name: string, parent_id: string | null, dated: typeof open | typeof before = open) => ({ jurisdiction_id, name, parent_id, ordinal: 1, ...dated });
const unit = (id: string, name: string, kind: string, dated: typeof open | typeof before = open) => ({ id, name, short_name: name, kind, parent_id: null, note: '', ordinal: 1, version: 1, ...dated });

const rows: PlaceRows = {
  jurisdictions: [life('jur_city', 'city'), life('jur_d', 'district'), life('jur_old', 'street'), life('jur_new', 'street', after), life('jur_west', 'community'), life('jur_east', 'community'), life('jur_gone', 'community', before), life('jur_zone', 'zone')],
  terms: [
    term('jur_city', '市', null),
    term('jur_d', '区', 'jur_city'),
    term('jur_old', '旧街道', 'jur_d'),
    term('jur_new', '新街道', 'jur_d', after),
    term('jur_west', '西社区', 'jur_old', before),
    term('jur_west', '西社区', 'jur_new', after),
    term('jur_east', '东社区', 'jur_old'),
    term('jur_gone', '撤销社区', 'jur_old', before),
    term('jur_zone', '园区', 'jur_city'),
  ],
  codes: [
    { jurisdiction_id: 'jur_new', source: 'provisional', edition: '2023', code: 'X1', ...after },
    { jurisdiction_id: 'jur_west', source: 'nbs', edition: '2023', code: '1', ...open },
  ],
  areas: [area('jur_old', box(0, 3), before), area('jur_old', box(1, 2), after), area('jur_new', box(0, 1), after), area('jur_west', box(0, 1), open), area('jur_east', box(1, 2), open), area('jur_gone', box(2, 3), before), area('jur_zone', box(1.5, 2), open)],
  units: [unit('unt_gov', '区政府', 'district_government'), unit('unt_old', '旧街道办', 'street_office'), unit('unt_new', '新街道办', 'street_office', { valid_from: CUT + 1000, valid_to: null }), unit('unt_station', '派出所', 'station'), unit('unt_park', '管委会', 'park')],
  unitAreas: [
    { unit_id: 'unt_gov', jurisdiction_id: 'jur_d', note: '', ...open },
    { unit_id: 'unt_old', jurisdiction_id: 'jur_old', note: '', ...open },
    { unit_id: 'unt_new', jurisdiction_id: 'jur_new', note: '', ...after },
    { unit_id: 'unt_station', jurisdiction_id: 'jur_old', note: '', ...before },
    { unit_id: 'unt_park', jurisdiction_id: 'jur_zone', note: '', ...open },
  ],
};
const places = new PlaceIndex(rows);
const at = (x: number, instant: number) => {
  const found = places.locate(x, 0.5, instant);
  return found && [found.chain.map((link) => link.name).join('/'), found.territorialUnit?.name ?? null, found.units.map(({ name }) => name).join(','), found.zone?.name ?? null];
};

describe('an instant', () => {
  it('is wholly before or wholly after a change, to the millisecond', () => {
    expect(at(0.5, CUT - 1)).toEqual(['市/区/旧街道/西社区', '旧街道办', '派出所,区政府', null]);
    expect(at(0.5, CUT)).toEqual(['市/区/新街道/西社区', '区政府', '', null]);
    expect(at(0.5, CUT + 999)![1]).toBe('区政府');
    expect(at(0.5, CUT + 1000)).toEqual(['市/区/新街道/西社区', '新街道办', '区政府', null]);
    expect(at(1.2, CUT)).toEqual(['市/区/旧街道/东社区', '旧街道办', '区政府', null]);
  });

  it('ends a place at valid_to and not before', () => {
    expect(at(2.5, CUT - 1)![0]).toBe('市/区/旧街道/撤销社区');
    expect(at(2.5, CUT)).toBeNull();
    expect(places.jurisdiction('jur_gone', CUT - 1)?.name).toBe('撤销社区');
    expect(places.jurisdiction('jur_gone', CUT)).toBeNull();
  });

  it('before anything is known knows nothing', () => {
    expect(at(0.5, -1)).toBeNull();
    expect(places.jurisdictions(-1)).toEqual([]);
  });

  it('answers the same whatever instant was asked before', () => {
    const asked = [CUT, CUT - 1, CUT + 1000, CUT - 1, -1, CUT];
    expect(asked.map((instant) => at(0.5, instant)?.[0] ?? null)).toEqual(['市/区/新街道/西社区', '市/区/旧街道/西社区', '市/区/新街道/西社区', '市/区/旧街道/西社区', null, '市/区/新街道/西社区']);
  });
});

describe('a place', () => {
  it('is named for ever, without an instant as last known', () => {
    expect(places.jurisdiction('jur_gone')?.name).toBe('撤销社区');
    expect(places.pathOf('jur_west')).toBe('/jur_city/jur_d/jur_new/jur_west/');
    expect(places.pathOf('jur_west', CUT - 1)).toBe('/jur_city/jur_d/jur_old/jur_west/');
    expect(places.ancestors('jur_west', CUT).map(({ name }) => name)).toEqual(['市', '区', '新街道']);
    expect(places.pathOf('jur_unknown')).toBe('/');
    expect(places.unit('unt_unknown')).toBeNull();
  });

  it('with a border but no child there answers itself', () => {
    expect(at(2.5, CUT - 1)![0]).toBe('市/区/旧街道/撤销社区');
    const withoutGone = new PlaceIndex({ ...rows, areas: rows.areas.filter((row) => row.jurisdiction_id !== 'jur_gone') });
    expect(withoutGone.locate(2.5, 0.5, CUT - 1)?.chain.at(-1)?.name).toBe('旧街道');
  });

  it('lies in a zone only where the zone has ground; zones are no children', () => {
    expect(at(1.7, CUT)).toEqual(['市/区/旧街道/东社区', '旧街道办', '管委会,区政府', '园区']);
    expect(places.children('jur_city', CUT).map(({ kind }) => kind)).toEqual(['district']);
    expect(places.zones(CUT).map(({ name }) => name)).toEqual(['园区']);
  });

  it('shares its border with a neighbour without doubling a point', () => {
    for (const y of [0, 0.25, 0.999_999]) expect(places.locate(1, y, CUT)?.chain.at(-1)?.name).toBe('东社区');
  });

  it('resolves a code only while it holds', () => {
    expect(places.byCode('provisional', '2023', 'X1', CUT)?.name).toBe('新街道');
    expect(places.byCode('provisional', '2023', 'X1', CUT - 1)).toBeNull();
    expect(places.byCode('nbs', '2024', '1', CUT)).toBeNull();
  });
});

it('finds units by full and short name, by kind and place', () => {
  expect(places.findUnits('派出所').map(({ id }) => id)).toEqual(['unt_station']);
  expect(places.findUnits('派出')).toEqual([]);
  expect(places.unitsOfKind('street_office', 'jur_d', CUT).map(({ id }) => id)).toEqual(['unt_old']);
  expect(places.unitsOfKind('street_office', 'jur_d', CUT + 1000).map(({ id }) => id)).toEqual(['unt_new', 'unt_old']);
  expect(places.unitsOfKind('station', 'jur_d', CUT)).toEqual([]);
  expect(places.unitsOfKind('station', null, CUT)).toHaveLength(1);
});
