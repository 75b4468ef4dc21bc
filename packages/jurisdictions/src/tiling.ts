import type { MultiPolygon, Position } from '@baxing/kernel';

/**
 * Cuts areas into parts that tile them exactly. Owns the arithmetic only; knows no place.
 * The hard part: a cut ends in the middle of an edge, its end is rounded to the 6 decimals that are stored, and so the edge bends by some
 * centimetres. A `Tiling` therefore works on whole millionths of a degree, notes every edge that got a vertex, and gives that vertex to every
 * other area with the same edge, at every level. Neighbours then share all vertices, and no rounding leaves a gap or an overlap.
 */

/** Millionths of a degree. */
export type Vertex = readonly [x: number, y: number];
/** Closed by rule, not by repetition: the last vertex joins the first. Counter-clockwise. */
export type VertexRing = readonly Vertex[];
/** Outer rings of one area; holes are not supported. */
export type Cell = readonly VertexRing[];

/** Points on the left have a·x + b·y > c. */
export interface CutLine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const SCALE = 1e6;
/** No vertex nearer to a cut than this; else the rounded end of the cut could coincide with it. */
const CLEARANCE = 3;

const sameVertex = (p: Vertex, q: Vertex): boolean => p[0] === q[0] && p[1] === q[1];
const vertexKey = ([x, y]: Vertex): string => `${x},${y}`;
const edgeKey = (p: Vertex, q: Vertex): string => (p[0] < q[0] || (p[0] === q[0] && p[1] < q[1]) ? `${p[0]},${p[1]} ${q[0]},${q[1]}` : `${q[0]},${q[1]} ${p[0]},${p[1]}`);
const roundVertex = ([longitude, latitude]: Position): Vertex => [Math.round(longitude * SCALE), Math.round(latitude * SCALE)];
const sideOf = (line: CutLine, [x, y]: Vertex): number => line.a * x + line.b * y - line.c;

/** Exact in whole numbers: coordinates are taken relative to the first vertex. */
export function twiceRingArea(ring: VertexRing): number {
  const [ox, oy] = ring[0]!;
  let twice = 0;
  for (let i = 0; i < ring.length; i += 1) {
    const [x0, y0] = ring[i]!;
    const [x1, y1] = ring[(i + 1) % ring.length]!;
    twice += (x0 - ox) * (y1 - oy) - (x1 - ox) * (y0 - oy);
  }
  return twice;
}

export const cellArea = (cell: Cell): number => cell.reduce((sum, ring) => sum + twiceRingArea(ring) / 2, 0);

/** @throws RangeError when the shape has holes: the caller names the feature */
export function cellOf(shape: MultiPolygon): Cell {
  return shape.map((polygon) => {
    if (polygon.length !== 1) throw new RangeError('areas with holes cannot be cut');
    const ring = polygon[0]!.slice(0, -1).map(roundVertex);
    return twiceRingArea(ring) < 0 ? ring.toReversed() : ring;
  });
}

export function shapeOf(cell: Cell): MultiPolygon {
  return cell.map((ring) => [[...ring, ring[0]!].map(([x, y]): Position => [x / SCALE, y / SCALE])]);
}

/** Area left of the line, without making the pieces (signed parts outside cancel out, also when the ring is not convex). */
function areaLeftOf(cell: Cell, line: CutLine): number {
  let sum = 0;
  for (const ring of cell) {
    const clipped: Vertex[] = [];
    for (let i = 0; i < ring.length; i += 1) {
      const p = ring[i]!;
      const q = ring[(i + 1) % ring.length]!;
      const dp = sideOf(line, p);
      const dq = sideOf(line, q);
      if (dp > 0) clipped.push(p);
      if (dp > 0 !== dq > 0) clipped.push(crossing(p, q, dp, dq));
    }
    if (clipped.length > 2) sum += twiceRingArea(clipped) / 2;
  }
  return sum;
}

const crossing = (p: Vertex, q: Vertex, dp: number, dq: number): Vertex => [p[0] + ((q[0] - p[0]) * dp) / (dp - dq), p[1] + ((q[1] - p[1]) * dp) / (dp - dq)];

/** The line with that direction that leaves `ratio` (0 … 1) of the cell on its left. */
export function lineAtRatio(cell: Cell, direction: { readonly a: number; readonly b: number }, ratio: number): CutLine {
  const wanted = cellArea(cell) * ratio;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const ring of cell)
    for (const vertex of ring) {
      const d = sideOf({ ...direction, c: 0 }, vertex);
      low = Math.min(low, d);
      high = Math.max(high, d);
    }
  for (let i = 0; i < 60; i += 1) {
    const c = (low + high) / 2;
    if (areaLeftOf(cell, { ...direction, c }) > wanted) low = c;
    else high = c;
  }
  return { ...direction, c: (low + high) / 2 };
}

export interface CutResult {
  readonly left: Cell;
  readonly right: Cell;
  /** Summed length of the new border, in millionths of a degree. */
  readonly length: number;
}

export class Tiling {
  /** Vertex that an edge received; the edge is then two edges. */
  readonly #split = new Map<string, Vertex>();

  /** The same area with every vertex that its edges received since. */
  refine(cell: Cell): Cell {
    return cell.map((ring) => {
      const refined: Vertex[] = [];
      const walk = (p: Vertex, q: Vertex): void => {
        const middle = this.#split.get(edgeKey(p, q));
        if (!middle) return void refined.push(p);
        walk(p, middle);
        walk(middle, q);
      };
      for (let i = 0; i < ring.length; i += 1) walk(ring[i]!, ring[(i + 1) % ring.length]!);
      return refined;
    });
  }

  /** Makes neighbours of given data share vertices: one that lies on another's edge (within `tolerance` millionths) becomes a vertex of it. */
  weld(cells: readonly Cell[], tolerance: number): void {
    const vertices = new Map<string, Vertex>();
    for (const cell of cells) for (const ring of cell) for (const vertex of ring) vertices.set(vertexKey(vertex), vertex);
    const byX = [...vertices.values()].sort((p, q) => p[0] - q[0]);
    const weldEdge = (p: Vertex, q: Vertex): void => {
      if (this.#split.has(edgeKey(p, q))) return;
      const west = Math.min(p[0], q[0]) - tolerance;
      const east = Math.max(p[0], q[0]) + tolerance;
      let [low, high] = [0, byX.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (byX[middle]![0] < west) low = middle + 1;
        else high = middle;
      }
      for (let i = low; i < byX.length && byX[i]![0] <= east; i += 1) {
        const vertex = byX[i]!;
        if (sameVertex(vertex, p) || sameVertex(vertex, q) || !liesOn(vertex, p, q, tolerance)) continue;
        this.#split.set(edgeKey(p, q), vertex);
        weldEdge(p, vertex);
        weldEdge(vertex, q);
        return;
      }
    };
    for (const cell of cells) for (const ring of cell) for (let i = 0; i < ring.length; i += 1) weldEdge(ring[i]!, ring[(i + 1) % ring.length]!);
  }

  /** What the line would make of the cell, without noting it. Null when a vertex is too near to the line. */
  try(cell: Cell, line: CutLine): (CutResult & { readonly ends: readonly (readonly [p: Vertex, q: Vertex, end: Vertex])[] }) | null {
    const left: VertexRing[] = [];
    const right: VertexRing[] = [];
    const ends: (readonly [Vertex, Vertex, Vertex])[] = [];
    let length = 0;
    for (const ring of this.refine(cell)) {
      const cut = cutRing(ring, line);
      if (!cut) return null;
      left.push(...cut.left);
      right.push(...cut.right);
      ends.push(...cut.ends);
      length += cut.length;
    }
    return { left, right, length, ends };
  }

  /** Cuts and remembers; a line that runs too near to a vertex is moved aside by less than a metre. */
  cut(cell: Cell, line: CutLine): CutResult {
    for (let step = 0; step < 40; step += 1) {
      const result = this.try(cell, { ...line, c: line.c + (step % 2 === 0 ? 1 : -1) * step * CLEARANCE * 0.5 });
      if (!result) continue;
      for (const [p, q, end] of result.ends) this.#split.set(edgeKey(p, q), end);
      return result;
    }
    throw new RangeError('no line near the wanted one keeps clear of the vertices');
  }

  /** Parallel strips of equal area, in the order of the direction (a, b) reversed: with (-1, 0) from west to east, with (0, 1) from north to south. */
  strips(cell: Cell, count: number, direction: { readonly a: number; readonly b: number }): Cell[] {
    const parts: Cell[] = [];
    let rest = cell;
    for (let left = count; left > 1; left -= 1) {
      const { left: strip, right } = this.cut(rest, lineAtRatio(rest, direction, 1 / left));
      parts.push(strip);
      rest = right;
    }
    return [...parts, rest].map((part) => this.refine(part));
  }
}

function liesOn(vertex: Vertex, p: Vertex, q: Vertex, tolerance: number): boolean {
  const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
  const squared = dx * dx + dy * dy;
  const t = ((vertex[0] - p[0]) * dx + (vertex[1] - p[1]) * dy) / squared;
  if (t <= 0 || t >= 1) return false;
  return Math.hypot(vertex[0] - p[0] - t * dx, vertex[1] - p[1] - t * dy) <= tolerance;
}

function cutRing(ring: VertexRing, line: CutLine): { left: VertexRing[]; right: VertexRing[]; length: number; ends: (readonly [Vertex, Vertex, Vertex])[] } | null {
  const withEnds: Vertex[] = [];
  const ends: { p: Vertex; q: Vertex; end: Vertex; along: number }[] = [];
  for (let i = 0; i < ring.length; i += 1) {
    const p = ring[i]!;
    const q = ring[(i + 1) % ring.length]!;
    const dp = sideOf(line, p);
    const dq = sideOf(line, q);
    if (Math.abs(dp) < CLEARANCE) return null;
    withEnds.push(p);
    if (dp > 0 === dq > 0) continue;
    const exact = crossing(p, q, dp, dq);
    const end: Vertex = [Math.round(exact[0]), Math.round(exact[1])];
    withEnds.push(end);
    ends.push({ p, q, end, along: line.b * exact[0] - line.a * exact[1] });
  }
  ends.sort((u, v) => u.along - v.along);
  if (ends.some((end, i) => i > 0 && sameVertex(end.end, ends[i - 1]!.end))) return null;
  // A straight line is inside a ring without holes between its 1st and 2nd crossing, its 3rd and 4th, and so on.
  let pieces: VertexRing[] = [withEnds];
  let length = 0;
  for (let i = 0; i + 1 < ends.length; i += 2) {
    const [from, to] = [ends[i]!.end, ends[i + 1]!.end];
    length += Math.hypot(to[0] - from[0], to[1] - from[1]);
    pieces = pieces.flatMap((piece) => splitAtChord(piece, from, to));
  }
  const isEnd = new Set(ends.map(({ end }) => vertexKey(end)));
  const left: VertexRing[] = [];
  const right: VertexRing[] = [];
  for (const piece of pieces) (sideOf(line, piece.find((vertex) => !isEnd.has(vertexKey(vertex)))!) > 0 ? left : right).push(piece);
  return { left, right, length, ends: ends.map(({ p, q, end }) => [p, q, end] as const) };
}

function splitAtChord(ring: VertexRing, from: Vertex, to: Vertex): VertexRing[] {
  const i = ring.findIndex((vertex) => sameVertex(vertex, from));
  const j = ring.findIndex((vertex) => sameVertex(vertex, to));
  if (i < 0 || j < 0) return [ring];
  const [low, high] = i < j ? [i, j] : [j, i];
  return [ring.slice(low, high + 1), [...ring.slice(high), ...ring.slice(0, low + 1)]];
}

/** Cuts one shape into `count` strips of equal area that tile it: west to east, or north to south. @throws RangeError for a shape with holes */
export function cutIntoStrips(shape: MultiPolygon, count: number, across: 'west-east' | 'north-south'): MultiPolygon[] {
  const tiling = new Tiling();
  const parts = tiling.strips(cellOf(shape), count, across === 'west-east' ? { a: -1, b: 0 } : { a: 0, b: 1 });
  // A later cut may have given a vertex to an earlier strip's border.
  return parts.map((part) => shapeOf(tiling.refine(part)));
}

/** What is left when every edge that two cells share in opposite directions is taken out: the outline of their union, as directed edges. */
export function outlineEdges(cells: readonly Cell[]): Set<string> {
  const edges = new Set<string>();
  for (const cell of cells)
    for (const ring of cell)
      for (let i = 0; i < ring.length; i += 1) {
        const p = vertexKey(ring[i]!);
        const q = vertexKey(ring[(i + 1) % ring.length]!);
        if (!edges.delete(`${q} ${p}`)) edges.add(`${p} ${q}`);
      }
  return edges;
}

/** True when the parts cover the whole exactly: no gap, no overlap, every border shared vertex by vertex. */
export function tiles(parts: readonly Cell[], whole: Cell): boolean {
  const outline = outlineEdges(parts);
  const wanted = outlineEdges([whole]);
  const positive = parts.every((cell) => cell.length > 0 && cell.every((ring) => twiceRingArea(ring) > 0));
  return positive && outline.size === wanted.size && [...wanted].every((edge) => outline.has(edge)) && parts.reduce((sum, cell) => sum + cellArea(cell), 0) === cellArea(whole);
}
