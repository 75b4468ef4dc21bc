import { boundsOf, isPosition, type MultiPolygon, type Position } from '@baxing/kernel';
import Flatbush from 'flatbush';

export const SHAPE_POSITIONS_MAX = 5_000;

/** POSITION: not [longitude, latitude] in degrees · SELF_CROSSING: two edges cross, `at` is where. */
export type ShapeRule = 'NOT_A_POLYGON' | 'RING_TOO_SHORT' | 'RING_OPEN' | 'POSITION' | 'TOO_MANY_POSITIONS' | 'NO_AREA' | 'SELF_CROSSING';
export type ShapeCheck = { readonly shape: MultiPolygon } | { readonly rule: ShapeRule; readonly at: Position | null };

const EARTH_RADIUS_M = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/**
 * Area on the sphere of a shape whose edges are straight in longitude and latitude: ∮ λ cos φ dφ, each edge by Simpson's rule.
 * Right at any size; a vertex more on an edge changes nothing, and parts that tile a whole sum to it. (The kernel's planar area is off by 0.2 % for a tall county.)
 */
export function shapeAreaSquareMetres(shape: MultiPolygon): number {
  const ringArea = (ring: readonly Position[]): number => {
    let sum = 0;
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const [x0, y0] = [radians(ring[i]![0] - ring[0]![0]), radians(ring[i]![1])];
      const [x1, y1] = [radians(ring[i + 1]![0] - ring[0]![0]), radians(ring[i + 1]![1])];
      sum += ((y1 - y0) / 6) * (x0 * Math.cos(y0) + 2 * (x0 + x1) * Math.cos((y0 + y1) / 2) + x1 * Math.cos(y1));
    }
    return Math.abs(sum) * EARTH_RADIUS_M ** 2;
  };
  return shape.reduce((sum, [outer, ...holes]) => sum + (outer ? ringArea(outer) : 0) - holes.reduce((hole, ring) => hole + ringArea(ring), 0), 0);
}

type Edge = readonly [p: Position, q: Position];

const turn = (p: Position, q: Position, r: Position): number => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);

/** Edges that cross within both; touching in a vertex is how neighbours meet and is no crossing. */
function crossingOf([p, q]: Edge, [r, s]: Edge): Position | null {
  const pSide = turn(r, s, p);
  const qSide = turn(r, s, q);
  const rSide = turn(p, q, r);
  const sSide = turn(p, q, s);
  if (pSide > 0 === qSide > 0 || rSide > 0 === sSide > 0 || pSide === 0 || qSide === 0 || rSide === 0 || sSide === 0) return null;
  const t = pSide / (pSide - qSide);
  return [p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t];
}

function selfCrossing(shape: MultiPolygon): Position | null {
  const edges: Edge[] = [];
  for (const polygon of shape) for (const ring of polygon) for (let i = 0; i + 1 < ring.length; i += 1) edges.push([ring[i]!, ring[i + 1]!]);
  const boxes = new Flatbush(edges.length);
  const boxOf = ([p, q]: Edge) => [Math.min(p[0], q[0]), Math.min(p[1], q[1]), Math.max(p[0], q[0]), Math.max(p[1], q[1])] as const;
  for (const edge of edges) boxes.add(...boxOf(edge));
  boxes.finish();
  for (const [i, edge] of edges.entries())
    for (const j of boxes.search(...boxOf(edge))) {
      const at = j > i ? crossingOf(edge, edges[j]!) : null;
      if (at) return at;
    }
  return null;
}

/** Coordinates of a GeoJSON MultiPolygon, checked: closed rings of at least four positions, WGS84 degrees, an area, no edge across another. Altitudes are dropped. */
export function checkMultiPolygon(value: unknown): ShapeCheck {
  if (!Array.isArray(value) || value.length === 0) return { rule: 'NOT_A_POLYGON', at: null };
  const shape: Position[][][] = [];
  let positions = 0;
  for (const polygon of value as unknown[]) {
    if (!Array.isArray(polygon) || polygon.length === 0) return { rule: 'NOT_A_POLYGON', at: null };
    const rings: Position[][] = [];
    for (const ring of polygon as unknown[]) {
      if (!Array.isArray(ring)) return { rule: 'NOT_A_POLYGON', at: null };
      positions += ring.length;
      if (positions > SHAPE_POSITIONS_MAX) return { rule: 'TOO_MANY_POSITIONS', at: null };
      const points: Position[] = [];
      for (const point of ring as unknown[]) {
        const [x, y] = Array.isArray(point) ? (point as unknown[]) : [];
        if (typeof x !== 'number' || typeof y !== 'number' || !isPosition(x, y)) return { rule: 'POSITION', at: points.at(-1) ?? null };
        points.push([x, y]);
      }
      if (points.length < 4) return { rule: 'RING_TOO_SHORT', at: points[0] ?? null };
      const [first, last] = [points[0]!, points.at(-1)!];
      if (first[0] !== last[0] || first[1] !== last[1]) return { rule: 'RING_OPEN', at: last };
      rings.push(points);
    }
    shape.push(rings);
  }
  if (!(shapeAreaSquareMetres(shape) > 1)) return { rule: 'NO_AREA', at: boundsOf(shape).slice(0, 2) as unknown as Position };
  const at = selfCrossing(shape);
  return at ? { rule: 'SELF_CROSSING', at } : { shape };
}

/** A GeoJSON geometry of type Polygon or MultiPolygon. */
export function checkGeometry(value: unknown): ShapeCheck {
  const { type, coordinates } = (typeof value === 'object' && value !== null ? value : {}) as { type?: unknown; coordinates?: unknown };
  if (type === 'Polygon') return checkMultiPolygon([coordinates]);
  if (type === 'MultiPolygon') return checkMultiPolygon(coordinates);
  return { rule: 'NOT_A_POLYGON', at: null };
}
