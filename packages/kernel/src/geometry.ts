/** Positions are WGS84 [longitude, latitude] in degrees. Distances are great-circle metres, areas equirectangular square metres (exact enough below 50 km). */

export type Position = readonly [longitude: number, latitude: number];
export type Ring = readonly Position[];
/** Outer ring first, then holes; rings are closed (first = last). */
export type Polygon = readonly Ring[];
export type MultiPolygon = readonly Polygon[];
export type Bounds = readonly [west: number, south: number, east: number, north: number];

const EARTH_RADIUS_M = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

export function isPosition(longitude: number, latitude: number): boolean {
  return Number.isFinite(longitude) && Number.isFinite(latitude) && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
}

export function distanceMetres(a: Position, b: Position): number {
  const dLat = radians(b[1] - a[1]);
  const dLon = radians(b[0] - a[0]);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a[1])) * Math.cos(radians(b[1])) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The box that holds every point within `metres` of `centre`. */
export function boundsAround(centre: Position, metres: number): Bounds {
  const dLat = (metres / EARTH_RADIUS_M) * (180 / Math.PI);
  const dLon = dLat / Math.max(0.01, Math.cos(radians(centre[1])));
  return [centre[0] - dLon, centre[1] - dLat, centre[0] + dLon, centre[1] + dLat];
}

/** A cell of a thousandth of a degree (about 111 m by 97 m in Lhasa) as one number, for an index on places. */
export const cellOf = ([longitude, latitude]: Position): number => Math.floor((latitude + 90) * 1000) * 1_000_000 + Math.floor((longitude + 180) * 1000);

/** Every cell that a circle around `centre` touches. */
export function cellsAround(centre: Position, metres: number): number[] {
  const [west, south, east, north] = boundsAround(centre, metres);
  const cells: number[] = [];
  for (let y = Math.floor((south + 90) * 1000); y <= Math.floor((north + 90) * 1000); y += 1)
    for (let x = Math.floor((west + 180) * 1000); x <= Math.floor((east + 180) * 1000); x += 1) cells.push(y * 1_000_000 + x);
  return cells;
}

export function boundsOf(shape: MultiPolygon): Bounds {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const polygon of shape)
    for (const [x, y] of polygon[0] ?? []) {
      if (x < west) west = x;
      if (x > east) east = x;
      if (y < south) south = y;
      if (y > north) north = y;
    }
  return [west, south, east, north];
}

export function ringContains(ring: Ring, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i]!;
    const [xj, yj] = ring[j]!;
    // Half-open in y, so a point on a shared border belongs to exactly one of two neighbours.
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export function polygonContains(polygon: Polygon, x: number, y: number): boolean {
  if (!ringContains(polygon[0] ?? [], x, y)) return false;
  for (let hole = 1; hole < polygon.length; hole += 1) if (ringContains(polygon[hole]!, x, y)) return false;
  return true;
}

export function multiPolygonContains(shape: MultiPolygon, x: number, y: number): boolean {
  return shape.some((polygon) => polygonContains(polygon, x, y));
}

export function ringAreaSquareMetres(ring: Ring): number {
  if (ring.length < 4) return 0;
  const k = Math.cos(radians(ring[0]![1]));
  const scale = radians(1) * EARTH_RADIUS_M;
  let twice = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) twice += ring[i]![0] * ring[i + 1]![1] - ring[i + 1]![0] * ring[i]![1];
  return Math.abs(twice / 2) * k * scale * scale;
}

export function areaSquareMetres(shape: MultiPolygon): number {
  let sum = 0;
  for (const polygon of shape) {
    sum += ringAreaSquareMetres(polygon[0] ?? []);
    for (let hole = 1; hole < polygon.length; hole += 1) sum -= ringAreaSquareMetres(polygon[hole]!);
  }
  return sum;
}

/** GCJ-02 ↔ WGS84: the published approximation of China's map offset; the two differ by about 337 m in Lhasa. */
function gcjOffset(longitude: number, latitude: number): [number, number] {
  const a = 6_378_245;
  const ee = 0.006_693_421_622_965_943;
  const x = longitude - 105;
  const y = latitude - 35;
  const wave = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3);
  let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + wave;
  dLat += ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3;
  dLat += ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + wave;
  dLon += ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3;
  dLon += ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  const magic = 1 - ee * Math.sin(radians(latitude)) ** 2;
  const root = Math.sqrt(magic);
  return [(dLon * 180) / ((a / root) * Math.cos(radians(latitude)) * Math.PI), (dLat * 180) / (((a * (1 - ee)) / (magic * root)) * Math.PI)];
}

export function wgs84ToGcj02([longitude, latitude]: Position): Position {
  const [dx, dy] = gcjOffset(longitude, latitude);
  return [longitude + dx, latitude + dy];
}

/** Inverse by fixed-point iteration; error below 0.1 m. */
export function gcj02ToWgs84([longitude, latitude]: Position): Position {
  let [x, y] = [longitude, latitude];
  for (let i = 0; i < 5; i += 1) {
    const [dx, dy] = gcjOffset(x, y);
    x = longitude - dx;
    y = latitude - dy;
  }
  return [x, y];
}
