import { type DayNumber, dayOf, formatDay, parseDay, startOfDay } from '@baxing/kernel';
import { type PlanCell, textOf } from './rows.ts';

/** A civil day (the deadline is its end, 24:00 in China), a standing duty, nothing, or something that no rule reads. */
export type DeadlineCell = { readonly day: DayNumber } | { readonly standing: true } | { readonly empty: true } | { readonly unreadable: true };

const STANDING = new Set(['长期坚持', '长期', '长期推进', '持续推进', '持续坚持', '常态化', '常态化推进']);
/** Excel counts days from 1899-12-30; below 2000 and above 2099 it is no date that a plan means. */
const SERIAL_EPOCH = Math.round(Date.UTC(1899, 11, 30) / 86_400_000);
const SERIAL_MIN = 36_526;
const SERIAL_MAX = 73_050;

const UNREADABLE = { unreadable: true } as const;
const pad = (text: string): string => text.padStart(2, '0');

function dayFrom(year: string | number, month: string, day: string | null): DeadlineCell {
  if (day !== null) {
    const found = parseDay(`${year}-${pad(month)}-${pad(day)}`);
    return found === null ? UNREADABLE : { day: found };
  }
  const first = parseDay(`${year}-${pad(month)}-01`);
  if (first === null) return UNREADABLE;
  const next = Number(month) === 12 ? parseDay(`${Number(year) + 1}-01-01`) : parseDay(`${year}-${pad(String(Number(month) + 1))}-01`);
  return { day: next! - 1 };
}

/** `start`: the campaign's first instant; a date without a year is the first such day on or after it. */
export function parseDeadline(cell: PlanCell, start: number): DeadlineCell {
  if (cell === null || cell === '') return { empty: true };
  if (typeof cell === 'boolean') return UNREADABLE;
  if (typeof cell === 'object') {
    const day = parseDay(cell.date);
    return day === null ? UNREADABLE : { day };
  }
  if (typeof cell === 'number') return serialDay(cell);
  const text = textOf(cell)
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/(?:之?前|以前|前完成|为止|止)$/, '');
  if (text === '') return { empty: true };
  if (STANDING.has(text)) return { standing: true };
  if (/^\d{5}$/.test(text)) return serialDay(Number(text));
  const full = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (full) return dayFrom(full[1]!, full[2]!, full[3]!);
  const monthEnd = /^(?:(\d{4})[-/.年])?(\d{1,2})月(?:底|末)$/.exec(text);
  const short = /^(\d{1,2})月(\d{1,2})日?$/.exec(text);
  const [year, month, day] = monthEnd ? [monthEnd[1], monthEnd[2]!, null] : [undefined, short?.[1], short?.[2] ?? null];
  if (month === undefined) return UNREADABLE;
  if (year !== undefined) return dayFrom(year, month, day);
  const startDay = dayOf(start);
  const startYear = Number(formatDay(startDay).slice(0, 4));
  const sameYear = dayFrom(startYear, month, day);
  return 'day' in sameYear && sameYear.day >= startDay ? sameYear : dayFrom(startYear + 1, month, day);
}

function serialDay(serial: number): DeadlineCell {
  const day = Math.floor(serial);
  return day >= SERIAL_MIN && day <= SERIAL_MAX ? { day: SERIAL_EPOCH + day } : UNREADABLE;
}

/** The first instant after the day: work is in time before it. */
export const endOfDay = (day: DayNumber): number => startOfDay(day + 1);
