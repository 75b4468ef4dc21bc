import type { UnitKind } from '@baxing/jurisdictions';

/** Names of units: equal only when they are the same text; likeness is for proposals to a person. */

const PLAIN = /^[\u4e00-\u9fff]*$/;

/** Most names are plain already; a plan may hold hundreds of thousands. */
export const keyOfName = (name: string): string => (PLAIN.test(name) ? name : name.normalize('NFKC').replace(/\s/g, ''));

/** What a name ends with says which sort of body it is. Longest first. A suffix without a kind still tells sorts apart. */
const SUFFIXES: readonly (readonly [suffix: string, sort: string, kind: UnitKind | null])[] = [
  ['街道办事处', 'street', 'street_office'],
  ['派出所', 'station', 'station'],
  ['公安分局', 'police', 'police_bureau'],
  ['管委会', 'park', 'park'],
  ['居委会', 'community', null],
  ['组织部', 'party', 'department'],
  ['宣传部', 'party', 'department'],
  ['政法委', 'party', 'department'],
  ['街道办', 'street', 'street_office'],
  ['总工会', 'union', 'mass_organisation'],
  ['办公室', 'office', null],
  ['分局', 'police', 'police_bureau'],
  ['支队', 'division', 'department'],
  ['大队', 'brigade', 'brigade'],
  ['社区', 'community', null],
  ['街道', 'street', 'street_office'],
  ['政府', 'government', 'district_government'],
  ['专班', 'task_force', 'task_force'],
  ['公司', 'firm', 'firm'],
  ['局', 'bureau', 'department'],
];

export interface TakenName {
  readonly core: readonly string[];
  readonly sort: string | null;
  readonly kind: UnitKind | null;
}

/** A name without its ending, and what the ending says. */
export function taken(name: string): TakenName {
  const key = keyOfName(name);
  const found = SUFFIXES.find(([suffix]) => key.endsWith(suffix) && key.length > suffix.length);
  return found ? { core: [...key.slice(0, -found[0].length)], sort: found[1], kind: found[2] } : { core: [...key], sort: null, kind: null };
}

/** The kind of unit that the name's ending suggests; null when it suggests none. */
export const suffixKind = (name: string): UnitKind | null => taken(name).kind;

/** A name whose ending says nothing may be of any sort. */
export const sameSort = (a: TakenName, b: TakenName): boolean => a.sort === null || b.sort === null || a.sort === b.sort;

/** Below this two names are not proposed for each other. */
export const PROPOSAL_MIN = 0.6;

/**
 * 0 … 1: the longest common subsequence of what remains without the ending, against both lengths. The ending itself counts nothing, or every
 * 街道办事处 would resemble every other (塔玛 is not 纳金); endings of different sorts exclude each other.
 */
export function nameSimilarity(a: string, b: string): number {
  const [left, right] = [taken(a), taken(b)];
  return sameSort(left, right) ? coreSimilarity(left.core, right.core) : 0;
}

export function coreSimilarity(x: readonly string[], y: readonly string[]): number {
  const row = new Uint16Array(y.length + 1);
  for (const character of x) {
    let diagonal = 0;
    for (let j = 0; j < y.length; j += 1) {
      const above = row[j + 1]!;
      row[j + 1] = character === y[j] ? diagonal + 1 : Math.max(row[j]!, above);
      diagonal = above;
    }
  }
  return Math.round((200 * row[y.length]!) / (x.length + y.length)) / 100;
}
