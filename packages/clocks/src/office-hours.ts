import { MINUTE_MS } from '@baxing/kernel';
import { z } from 'zod';

/** Office hours of one day: half-open intervals `['09:30','13:00']` in ascending order; `24:00` ends a day. */
export type OfficeIntervals = readonly (readonly [from: string, to: string])[];

/** The same in ms of the civil day, touching intervals joined. */
export interface OfficeDay {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly total: number;
}

const CLOCK_TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

const msOfDay = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * MINUTE_MS;

export const officeIntervalsSchema = z
  .array(z.tuple([z.string().regex(CLOCK_TIME), z.string().regex(CLOCK_TIME)]))
  .min(1)
  .max(6)
  .superRefine((intervals, check) => {
    let end = -1;
    for (const [i, [from, to]] of intervals.entries()) {
      if (msOfDay(from) >= msOfDay(to)) check.addIssue({ code: 'custom', path: [i], message: 'ends before it begins' });
      if (msOfDay(from) < end) check.addIssue({ code: 'custom', path: [i], message: 'overlaps or precedes the one before' });
      end = msOfDay(to);
    }
  });

/** From intervals that `officeIntervalsSchema` accepted. */
export function officeDay(intervals: OfficeIntervals): OfficeDay {
  const from: number[] = [];
  const to: number[] = [];
  let total = 0;
  for (const [opens, closes] of intervals) {
    const [a, b] = [msOfDay(opens), msOfDay(closes)];
    if (to.at(-1) === a) to[to.length - 1] = b;
    else {
      from.push(a);
      to.push(b);
    }
    total += b - a;
  }
  return { from, to, total };
}

/** Office ms of the day before the ms `offset`. */
export function officeMsBefore(day: OfficeDay, offset: number): number {
  let sum = 0;
  for (let i = 0; i < day.from.length && day.from[i]! < offset; i += 1) sum += Math.min(day.to[i]!, offset) - day.from[i]!;
  return sum;
}

/** The earliest ms of the day at which `ms` (0 < ms ≤ total) have been counted: a limit that fills an interval ends at its close. */
export function officeMsReached(day: OfficeDay, ms: number): number {
  let left = ms;
  for (let i = 0; i < day.from.length; i += 1) {
    const length = day.to[i]! - day.from[i]!;
    if (left <= length) return day.from[i]! + left;
    left -= length;
  }
  throw new RangeError('more than the day has');
}
