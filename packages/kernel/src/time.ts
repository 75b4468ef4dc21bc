/** Instants are integer epoch milliseconds. Civil dates are those of Asia/Shanghai, which has had no offset change since 1991: UTC+8 is exact here. */

export type Instant = number;

export interface Clock {
  now(): Instant;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const CHINA_OFFSET_MS = 8 * HOUR_MS;

/** Days since 1970-01-01 in China's civil calendar. */
export type DayNumber = number;

export function dayOf(at: Instant): DayNumber {
  return Math.floor((at + CHINA_OFFSET_MS) / DAY_MS);
}

/** The instant at which that civil day begins in China. */
export function startOfDay(day: DayNumber): Instant {
  return day * DAY_MS - CHINA_OFFSET_MS;
}

/** `YYYY-MM-DD` → day number; null when it is not a real date. */
export function parseDay(text: string): DayNumber | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return null;
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(ms).toISOString().slice(0, 10) === text ? ms / DAY_MS : null;
}

export function formatDay(day: DayNumber): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(day: DayNumber): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function yearOf(day: DayNumber): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}
