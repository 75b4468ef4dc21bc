import { boundsOf, type MultiPolygon, multiPolygonContains, type Position } from '@baxing/kernel';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AreaRecord, cutIntoStrips, parseAreas, shapeAreaSquareMetres } from '../src/index.ts';
import { cellOf, tiles } from '../src/tiling.ts';
import { generate } from '../scripts/cut-cells.ts';

const data = (name: string): string => readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8');
const areas = (name: string): AreaRecord[] => {
  const parsed = parseAreas(data(name));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
};

/** A ring without self-crossing: corners at random distances around a centre, often not convex. */
const starShape = fc.array(fc.integer({ min: 2_000, max: 40_000 }), { minLength: 5, maxLength: 40 }).map((radii): MultiPolygon => {
  const ring = radii.map((radius, i): Position => {
    const angle = (2 * Math.PI * i) / radii.length;
    return [Math.round(91_100_000 + radius * Math.cos(angle)) / 1e6, Math.round(29_650_000 + radius * Math.sin(angle)) / 1e6];
  });
  return [[[...ring, ring[0]!]]];
});

/** Points in the box of a shape, the same ones at every run. */
function pointsIn(shape: MultiPolygon, count: number, seed = 7): Position[] {
  const [west, south, east, north] = boundsOf(shape);
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  return Array.from({ length: count }, () => [west + (east - west) * random(), south + (north - south) * random()] as const).filter(([x, y]) => multiPolygonContains(shape, x, y));
}

describe('strips', () => {
  it('tile any shape exactly, in equal areas and in order', () => {
    fc.assert(
      fc.property(starShape, fc.integer({ min: 1, max: 12 }), fc.constantFrom('west-east' as const, 'north-south' as const), (shape, count, across) => {
        const strips = cutIntoStrips(shape, count, across);
        expect(strips).toHaveLength(count);
        const areaOf = strips.map((strip) => shapeAreaSquareMetres(strip));
        for (const area of areaOf) expect(Math.abs(area / (shapeAreaSquareMetres(shape) / count) - 1)).toBeLessThan(0.02);
        const axis = across === 'west-east' ? 0 : 1;
        const reach = strips.map((strip) => boundsOf(strip)[axis]!);
        expect(reach).toEqual(reach.toSorted((a, b) => (across === 'west-east' ? a - b : b - a)));
        for (const [x, y] of pointsIn(shape, 60)) {
          // A cut's end is rounded to 6 decimals: only within that of the outline may the parts and the given shape differ.
          const hits = strips.filter((strip) => multiPolygonContains(strip, x, y)).length;
          const nearOutline = [0.000_002, -0.000_002].some((d) => !multiPolygonContains(shape, x + d, y) || !multiPolygonContains(shape, x, y + d));
          if (!nearOutline) expect(hits).toBe(1);
        }
      }),
      { numRuns: 150, seed: 20231113 },
    );
  });

  it('tells a gap and an overlap from a tiling', () => {
    const square = (x: number, width: number): MultiPolygon => [[[[x, 0], [x + width, 0], [x + width, 1], [x, 1], [x, 0]]]];
    const whole = cellOf([[[[0, 0], [1, 0], [2, 0], [2, 1], [1, 1], [0, 1], [0, 0]]]]);
    expect(tiles([cellOf(square(0, 1)), cellOf(square(1, 1))], whole)).toBe(true);
    expect(tiles([cellOf(square(0, 1)), cellOf(square(1.000_001, 0.999_999))], whole)).toBe(false);
    expect(tiles([cellOf(square(0, 1.000_001)), cellOf(square(1, 1))], whole)).toBe(false);
    expect(tiles([cellOf(square(0, 1))], whole)).toBe(false);
  });

  it('refuses a shape with a hole', () => {
    const ring = (a: number, b: number): Position[] => [[a, a], [b, a], [b, b], [a, b], [a, a]];
    expect(() => cutIntoStrips([[ring(0, 1), ring(0.2, 0.4)]], 2, 'west-east')).toThrow(RangeError);
  });
});

describe('the packaged cells', () => {
  const districts = areas('cut/districts.geojson');
  const streets = areas('cut/streets.geojson');
  const communities = areas('cut/communities.geojson');
  const grids = areas('cut/grids.geojson');

  it('are what the script makes of the given files', () => {
    for (const [name, text] of Object.entries(generate())) {
      expect(data(name) === text, `${name} is stale: run scripts/cut-cells.ts`).toBe(true);
      expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    }
  });

  it.each([
    ['districts into streets', districts, streets, 6],
    ['streets into communities', streets, communities, 9],
    ['communities of 城关区 into grids', communities.filter(({ code }) => code.startsWith('540102')), grids, 12],
  ] as const)('%s: no gap, no overlap, areas sum', (_, wholes, parts, digits) => {
    for (const whole of wholes) {
      const own = parts.filter(({ code }) => code.slice(0, digits) === whole.code.slice(0, digits));
      expect(tiles(own.map(({ shape }) => cellOf(shape)), cellOf(whole.shape)), whole.code).toBe(true);
      const sum = own.reduce((total, { shape }) => total + shapeAreaSquareMetres(shape), 0);
      expect(Math.abs(sum / shapeAreaSquareMetres(whole.shape) - 1)).toBeLessThan(1e-6);
    }
    expect(new Set(parts.map(({ code }) => code.slice(0, digits))).size).toBe(wholes.length);
  });

  it('stay as large as the given cells, but for the centimetres of rounding', () => {
    for (const given of areas('lhasa_townships_SYNTHETIC_wgs84.geojson')) {
      const made = streets.find(({ code }) => code === given.code)!;
      expect(Math.abs(shapeAreaSquareMetres(made.shape) / shapeAreaSquareMetres(given.shape) - 1)).toBeLessThan(5e-5);
    }
  });

  it('hold a random point of the city in exactly one community, and one of 城关区 in exactly one grid', () => {
    const hits = (list: readonly AreaRecord[], [x, y]: Position): string[] => list.filter(({ shape }) => multiPolygonContains(shape, x, y)).map(({ code }) => code);
    for (const district of districts) {
      const points = pointsIn(district.shape, 1_500);
      expect(points.length).toBeGreaterThan(300);
      for (const point of points) {
        const [community, ...others] = hits(communities, point);
        expect(others).toEqual([]);
        expect(community?.slice(0, 6)).toBe(district.code.slice(0, 6));
        if (district.code.startsWith('540102')) expect(hits(grids, point).map((code) => code.slice(0, 12))).toEqual([community]);
      }
    }
  });

  it('give each community of 城关区 at least four grids, numbered from 001, the first further north than the last', () => {
    const codes = Map.groupBy(grids, ({ code }) => code.slice(0, 12));
    expect(codes.size).toBe(53);
    for (const [community, own] of codes) {
      expect(own.length).toBeGreaterThanOrEqual(4);
      expect(own.map(({ code }) => code)).toEqual(own.map((_, i) => `${community}${String(i + 1).padStart(3, '0')}`));
      const north = (shape: MultiPolygon): number => shape[0]![0]!.reduce((sum, [, y]) => sum + y, 0) / shape[0]![0]!.length;
      expect(north(own[0]!.shape)).toBeGreaterThan(north(own.at(-1)!.shape));
    }
    expect(data('cut/grids.csv')).toContain('540102002003001,540102002003,grid,鲁固社区第1网格');
  });

  it('put 八一社区 on the ground west of 91.062° E that the onboarding example takes over', () => {
    const bayi = communities.find(({ code }) => code === '540102009006')!;
    expect(boundsOf(bayi.shape)[2]).toBe(91.062);
    for (const other of communities.filter(({ code }) => code.startsWith('540102009') && code !== bayi.code)) expect(boundsOf(other.shape)[0]).toBeGreaterThanOrEqual(91.062);
  });
});
