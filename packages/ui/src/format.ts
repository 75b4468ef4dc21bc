/**
 * How numbers, instants and spans are written. Civil time is Asia/Shanghai (UTC+8, no change of offset since 1991); `Intl` is never asked,
 * because browsers have no Tibetan data and would answer in another language.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const OFFSET_MS = 8 * HOUR_MS;

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const two = (n: number): string => String(n).padStart(2, '0');

export function civil(at: number): Civil {
  const date = new Date(at + OFFSET_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() };
}

/** 2026年11月24日 */
export function formatDate(at: number): string {
  const c = civil(at);
  return `${c.year}年${c.month}月${c.day}日`;
}

/** 14:05 */
export function formatTime(at: number): string {
  const c = civil(at);
  return `${two(c.hour)}:${two(c.minute)}`;
}

/** 2026年11月24日 14:05 */
export const formatDateTime = (at: number): string => `${formatDate(at)} ${formatTime(at)}`;

/** 14:05:09, with the seconds that the audit needs. */
export function formatDateTimeExact(at: number): string {
  return `${formatDateTime(at)}:${two(civil(at).second)}`;
}

/** In tables: 14:05 today, 11-24 14:05 this year, 2025-11-24 otherwise. */
export function formatShort(at: number, now: number): string {
  const c = civil(at);
  const n = civil(now);
  if (c.year !== n.year) return `${c.year}-${two(c.month)}-${two(c.day)}`;
  const time = `${two(c.hour)}:${two(c.minute)}`;
  return c.month === n.month && c.day === n.day ? time : `${two(c.month)}-${two(c.day)} ${time}`;
}

/** A span, rounded down to two parts: 3 天 4 小时, 25 分钟, 不到 1 分钟. */
export function formatSpan(ms: number): string {
  const abs = Math.abs(ms);
  if (abs < MINUTE_MS) return '不到 1 分钟';
  const days = Math.floor(abs / DAY_MS);
  const hours = Math.floor((abs % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((abs % HOUR_MS) / MINUTE_MS);
  if (days > 0) return hours > 0 && days < 10 ? `${days} 天 ${hours} 小时` : `${days} 天`;
  if (hours > 0) return minutes > 0 ? `${hours} 小时 ${minutes} 分` : `${hours} 小时`;
  return `${minutes} 分钟`;
}

/** 12345.6 → 12,345.6; at most `places` decimals, no trailing zeros. */
export function formatNumber(value: number, places = 2): string {
  if (!Number.isFinite(value)) return '—';
  const [whole = '0', fraction = ''] = Math.abs(value).toFixed(places).split('.');
  const tail = fraction.replace(/0+$/, '');
  return `${value < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}${tail ? `.${tail}` : ''}`;
}

/** Totals are exact to 10,000 and written 10,000+ beyond. */
export const formatTotal = (count: number, exact: boolean): string => (exact ? formatNumber(count, 0) : `${formatNumber(count, 0)}+`);

/** 0.123 → 12.3%; a part that is not whole never reads 100%. */
export function formatPercent(part: number, whole: number): string {
  if (!(whole > 0)) return '—';
  const percent = (part / whole) * 100;
  const shown = part < whole && percent > 99.9 ? 99.9 : percent;
  return `${formatNumber(Math.floor(shown * 10 + 1e-6) / 10, 1)}%`;
}

/** Metres: 35 米, 1.2 公里. */
export function formatDistance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} 米` : `${formatNumber(metres / 1000, 1)} 公里`;
}

/** 1,234 B, 1.2 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${formatNumber(bytes / 1000, 0)} kB` : `${formatNumber(bytes / 1_000_000, 1)} MB`;
}

/** The value of `<input type="datetime-local">` ↔ instant, in China's civil time whatever the device says. */
export function toDateTimeInput(at: number): string {
  return new Date(at + OFFSET_MS).toISOString().slice(0, 16);
}
export function fromDateTimeInput(value: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(value)) return null;
  const at = Date.parse(`${value.length === 10 ? `${value}T00:00` : value}:00Z`);
  return Number.isFinite(at) ? at - OFFSET_MS : null;
}
export const toDateInput = (at: number): string => toDateTimeInput(at).slice(0, 10);
