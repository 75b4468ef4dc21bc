import { boundsOf, multiPolygonContains, type MultiPolygon, type Position, ringAreaSquareMetres } from '@baxing/kernel';

const STEPS = 12;

/** A point surely inside the shape: its centre of mass, or the middle-most of a raster when that lies outside. Null for an empty shape. */
export function interiorPoint(shape: MultiPolygon): Position | null {
  const largest = shape.toSorted((a, b) => ringAreaSquareMetres(b[0] ?? []) - ringAreaSquareMetres(a[0] ?? []))[0];
  const ring = largest?.[0];
  if (!largest || !ring || ring.length < 4) return null;
  let [area, x, y] = [0, 0, 0];
  // Relative to the first corner: differences of a few metres would drown in the degrees.
  const [ox, oy] = ring[0]!;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [ax, ay, bx, by] = [ring[i]![0] - ox, ring[i]![1] - oy, ring[i + 1]![0] - ox, ring[i + 1]![1] - oy];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  const centre: Position | null = area === 0 ? null : [ox + x / (3 * area), oy + y / (3 * area)];
  if (centre && multiPolygonContains([largest], centre[0], centre[1])) return centre;
  const [west, south, east, north] = boundsOf([largest]);
  let best: { point: Position; away: number } | null = null;
  for (let i = 1; i < STEPS; i += 1)
    for (let j = 1; j < STEPS; j += 1) {
      const point: Position = [west + ((east - west) * i) / STEPS, south + ((north - south) * j) / STEPS];
      const away = Math.hypot(i - STEPS / 2, j - STEPS / 2);
      if ((best === null || away < best.away) && multiPolygonContains([largest], point[0], point[1])) best = { point, away };
    }
  return best?.point ?? ring[0]!;
}
