/**
 * Cuts the 65 township cells into their communities and each community of 城关区 into grids. Everything that it makes is invented
 * (示意) and marked so; the same input gives the same bytes. Run: `node packages/jurisdictions/scripts/cut-cells.ts`; `data/cut/` is its output.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { MultiPolygon } from '@baxing/kernel';
import { parseDivisionsTable, type DivisionRecord, placeNameOf } from '../src/divisions-file.ts';
import { parseAreas } from '../src/areas-file.ts';
import { type Cell, cellArea, cellOf, lineAtRatio, shapeOf, Tiling, tiles } from '../src/tiling.ts';

const DISTRICT_WITH_GRIDS = '540102';
const GRIDS_MIN = 4;
const GRIDS_MAX = 6;
const SEED = 20_231_113;
/** Rounding of the given files leaves vertices up to this far (millionths of a degree, about 0.15 m) from a neighbour's edge. */
const WELD_TOLERANCE = 1.5;

/** The onboarding example (八一街道) takes the ground west of 91.062° E together with this community, so the first cut runs there. */
const GIVEN_CUTS: Readonly<Record<string, { readonly longitude: number; readonly west: string }>> = { '540102009000': { longitude: 91.062, west: '540102009006' } };

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One stream per place, so that a change in one leaves the others as they were. */
const randomOf = (code: string): (() => number) => randomFrom(SEED ^ [...code].reduce((hash, character) => Math.imul(hash, 31) + character.charCodeAt(0), 7));

/** n parts of nearly equal area by straight cuts; each cut is the shortest of a fan of directions that makes the fewest pieces. */
function divide(tiling: Tiling, cell: Cell, parts: number, random: () => number): Cell[] {
  if (parts === 1) return [cell];
  const few = Math.floor(parts / 2);
  const ratio = (few / parts) * (0.92 + 0.16 * random());
  const turn = random() * Math.PI;
  const candidates = Array.from({ length: 16 }, (_, i) => {
    const angle = turn + (i * Math.PI) / 16;
    const line = lineAtRatio(cell, { a: Math.cos(angle), b: Math.sin(angle) }, ratio);
    const result = tiling.try(cell, line);
    return result && { line, cost: (result.left.length + result.right.length) * 1e9 + result.length };
  }).filter((candidate) => candidate !== null);
  const best = candidates.reduce((a, b) => (b.cost < a.cost ? b : a));
  const { left, right } = tiling.cut(cell, best.line);
  return [...divide(tiling, left, few, random), ...divide(tiling, right, parts - few, random)];
}

function middleOf(cell: Cell): readonly [x: number, y: number] {
  const ring = cell.reduce((a, b) => (cellArea([b]) > cellArea([a]) ? b : a));
  return [ring.reduce((sum, [x]) => sum + x, 0) / ring.length, ring.reduce((sum, [, y]) => sum + y, 0) / ring.length];
}

/** Numbering rule of grids: rows from north to south, in a row from west to east. */
function inReadingOrder(cells: readonly Cell[]): Cell[] {
  const rows = Math.round(Math.sqrt(cells.length));
  const fromNorth = cells.map((cell) => ({ cell, middle: middleOf(cell) })).sort((a, b) => b.middle[1] - a.middle[1]);
  const ordered: Cell[] = [];
  for (let row = 0; row < rows; row += 1)
    ordered.push(
      ...fromNorth
        .slice(Math.round((row * cells.length) / rows), Math.round(((row + 1) * cells.length) / rows))
        .sort((a, b) => a.middle[0] - b.middle[0])
        .map(({ cell }) => cell),
    );
  return ordered;
}

interface Feature {
  readonly code: string;
  readonly name: string;
  readonly cell: Cell;
}

export interface CityCut {
  readonly districts: readonly Feature[];
  readonly streets: readonly Feature[];
  readonly communities: readonly Feature[];
  readonly grids: readonly (Feature & { readonly parent: string })[];
}

export function cutCity(divisions: readonly DivisionRecord[], districtShapes: ReadonlyMap<string, MultiPolygon>, streetShapes: ReadonlyMap<string, MultiPolygon>): CityCut {
  const tiling = new Tiling();
  const childrenOf = (code: string): DivisionRecord[] => divisions.filter((row) => row.parentCode === code);
  const nameOf = (code: string): string => divisions.find((row) => row.code === code)!.name;
  const districts = [...districtShapes].map(([code, shape]) => ({ code, name: nameOf(code), cell: cellOf(shape) }));
  const streets = [...streetShapes].map(([code, shape]) => ({ code, name: nameOf(code), cell: cellOf(shape) }));
  tiling.weld([...districts, ...streets].map(({ cell }) => cell), WELD_TOLERANCE);

  const communities: Feature[] = [];
  for (const street of streets) {
    let below = childrenOf(street.code);
    let cell = street.cell;
    const given = GIVEN_CUTS[street.code];
    if (given) {
      const cut = tiling.cut(cell, { a: -1, b: 0, c: -given.longitude * 1e6 });
      communities.push({ code: given.west, name: nameOf(given.west), cell: cut.left });
      below = below.filter(({ code }) => code !== given.west);
      cell = cut.right;
    }
    const parts = inReadingOrder(divide(tiling, cell, below.length, randomOf(street.code)));
    below.forEach(({ code, name }, i) => communities.push({ code, name, cell: parts[i]! }));
  }
  communities.sort((a, b) => (a.code < b.code ? -1 : 1));

  const grids: (Feature & { parent: string })[] = [];
  for (const community of communities) {
    if (!community.code.startsWith(DISTRICT_WITH_GRIDS)) continue;
    const random = randomOf(community.code);
    const count = GRIDS_MIN + Math.floor(random() * (GRIDS_MAX - GRIDS_MIN + 1));
    inReadingOrder(divide(tiling, community.cell, count, random)).forEach((cell, i) =>
      grids.push({ code: `${community.code}${String(i + 1).padStart(3, '0')}`, parent: community.code, name: `${placeNameOf(community.name)}第${i + 1}网格`, cell }),
    );
  }
  const refined = <T extends Feature>(features: readonly T[]): T[] => features.map((feature) => ({ ...feature, cell: tiling.refine(feature.cell) }));
  const city = { districts: refined(districts), streets: refined(streets), communities: refined(communities), grids: refined(grids) };
  assertTiled(city.districts, city.streets, (code) => `${code.slice(0, 6)}000000`);
  assertTiled(city.streets, city.communities, (code) => `${code.slice(0, 9)}000`);
  assertTiled(
    city.communities.filter(({ code }) => code.startsWith(DISTRICT_WITH_GRIDS)),
    city.grids,
    (code) => code.slice(0, 12),
  );
  return city;
}

function assertTiled(wholes: readonly Feature[], parts: readonly Feature[], parentCode: (code: string) => string): void {
  for (const whole of wholes) {
    const own = parts.filter(({ code }) => parentCode(code) === whole.code);
    if (!tiles(own.map(({ cell }) => cell), whole.cell)) throw new Error(`${whole.code} ${whole.name}: its ${own.length} parts do not tile it`);
  }
}

/** One feature per line, so that a change is a readable difference. */
export function geoJsonText(features: readonly Feature[]): string {
  const lines = features.map(({ code, name, cell }) => JSON.stringify({ type: 'Feature', properties: { code, name, synthetic: true }, geometry: { type: 'MultiPolygon', coordinates: shapeOf(cell) } }));
  return `{"type":"FeatureCollection","features":[\n${lines.join(',\n')}\n]}\n`;
}

export const gridsText = (city: CityCut): string => `code,parent,level,name\n${city.grids.map(({ code, parent, name }) => `${code},${parent},grid,${name}\n`).join('')}`;

/** Reads the given files and answers the generated ones by name. */
export function generate(): Record<string, string> {
  const read = (name: string): string => readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8');
  const shapes = (name: string): Map<string, MultiPolygon> => {
    const parsed = parseAreas(read(name));
    if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.refusal.details)}`);
    return new Map(parsed.value.map(({ code, shape }) => [code, shape]));
  };
  const divisions = parseDivisionsTable(read('lhasa_divisions_2023.csv'));
  if (!divisions.ok) throw new Error(JSON.stringify(divisions.refusal.details));
  const city = cutCity(divisions.value, shapes('lhasa_counties_wgs84.geojson'), shapes('lhasa_townships_SYNTHETIC_wgs84.geojson'));
  return {
    'cut/districts.geojson': geoJsonText(city.districts),
    'cut/streets.geojson': geoJsonText(city.streets),
    'cut/communities.geojson': geoJsonText(city.communities),
    'cut/grids.geojson': geoJsonText(city.grids),
    'cut/grids.csv': gridsText(city),
  };
}

if (import.meta.main) {
  mkdirSync(new URL('../data/cut/', import.meta.url), { recursive: true });
  for (const [name, text] of Object.entries(generate())) {
    writeFileSync(new URL(`../data/${name}`, import.meta.url), text);
    console.log(`${name} ${Buffer.byteLength(text)} bytes`);
  }
}
