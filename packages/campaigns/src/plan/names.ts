import type { UnitKind } from '@baxing/jurisdictions';

/** Names of units: equal only when they are the same text; likeness is for proposals to a person. */

export const keyOfName = (name: string): string => name.normalize('NFKC').replace(/\s/g, '');

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

function taken(name: string): { core: string; sort: string | null; kind: UnitKind | null } {
  const key = keyOfName(name);
  const found = SUFFIXES.find(([suffix]) => key.endsWith(suffix) && key.length > suffix.length);
  return found ? { core: key.slice(0, -found[0].length), sort: found[1], kind: found[2] } : { core: key, sort: null, kind: null };
}

/** The kind of unit that the name's ending suggests; null when it suggests none. */
export const suffixKind = (name: string): UnitKind | null => taken(name).kind;

/** A name whose ending says nothing may be of any sort. */
export function sameSort(a: string, b: string): boolean {
  const [left, right] = [taken(a).sort, taken(b).sort];
  return left === null || right === null || left === right;
}

/** Below this two names are not proposed for each other. */
export const PROPOSAL_MIN = 0.6;

/**
 * 0 … 1: the longest common subsequence of what remains without the ending, against both lengths. The ending itself counts nothing, or every
 * 街道办事处 would resemble every other (塔玛 is not 纳金); endings of different sorts exclude each other.
 */
export function nameSimilarity(a: string, b: string): number {
  const [left, right] = [taken(a), taken(b)];
  if (!sameSort(a, b)) return 0;
  const [x, y] = [[...left.core], [...right.core]];
  let row = new Uint16Array(y.length + 1);
  for (const character of x) {
    const next = new Uint16Array(y.length + 1);
    for (let j = 0; j < y.length; j += 1) next[j + 1] = character === y[j] ? row[j]! + 1 : Math.max(next[j]!, row[j + 1]!);
    row = next;
  }
  return Math.round((200 * row[y.length]!) / (x.length + y.length)) / 100;
}
