/**
 * Quantities are integers in the smallest step of their unit of measure, so that sums never drift.
 * `scale` is the number of decimal places that one written unit has: 个 0, 公斤 3 (kept as grams).
 */

export interface UnitOfMeasure {
  readonly name: string;
  readonly scale: number;
}

/** Units that are not whole numbers. Everything else (个, 处, 件, 盏, 人次 …) is counted. */
const FRACTIONAL: ReadonlyMap<string, number> = new Map([['公斤', 3], ['千克', 3], ['吨', 6], ['米', 2], ['公里', 5], ['平方米', 2], ['元', 2]]);

export function unitOfMeasure(name: string): UnitOfMeasure {
  return { name, scale: FRACTIONAL.get(name) ?? 0 };
}

export const QUANTITY_MAX = 9_000_000_000_000;

/** A written number → steps. Null when it has more places than the unit allows, is negative, or too large. */
export function toSteps(value: number, unit: UnitOfMeasure): number | null {
  if (!Number.isFinite(value) || value < 0) return null;
  const steps = Math.round(value * 10 ** unit.scale);
  if (!Number.isFinite(steps) || steps > QUANTITY_MAX) return null;
  return Math.abs(steps / 10 ** unit.scale - value) > 1e-9 * Math.max(1, value) ? null : steps;
}

export function fromSteps(steps: number, unit: UnitOfMeasure): number {
  return steps / 10 ** unit.scale;
}

/** Splits `total` by `weights` with the largest remainder method (Hamilton); parts always sum to `total`. Ties go to the earlier part. */
export function splitByWeight(total: number, weights: readonly number[]): number[] {
  if (!Number.isSafeInteger(total) || total < 0) throw new RangeError('total must be a non-negative integer');
  const sum = weights.reduce((a, b) => a + b, 0);
  if (weights.some((w) => !(w >= 0)) || !(sum > 0)) throw new RangeError('weights must be non-negative and not all zero');
  const exact = weights.map((w) => (total * w) / sum);
  const parts = exact.map(Math.floor);
  let left = total - parts.reduce((a, b) => a + b, 0);
  const order = exact.map((e, i) => ({ i, rest: e - Math.floor(e) })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of order) {
    if (left <= 0) break;
    parts[i]! += 1;
    left -= 1;
  }
  return parts;
}

export const splitEqually = (total: number, parts: number): number[] => splitByWeight(total, Array.from({ length: parts }, () => 1));
