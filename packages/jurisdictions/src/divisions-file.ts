import { ok, type Result } from '@baxing/kernel';
import { parseCsv } from './csv.ts';
import { type FileFinding, refuseFile } from './findings.ts';
import type { CodeEdition, JurisdictionKind } from './kinds.ts';
import type { DivisionRow, DivisionsImport } from './schemas.ts';

/** Words of the `level` column. The province is above what the product holds. */
const LEVELS = { province: null, city: 'city', county: 'district', township: 'street', village: 'community', grid: 'grid' } as const satisfies Record<string, JurisdictionKind | null>;
const ABOVE: Readonly<Record<keyof typeof LEVELS, keyof typeof LEVELS | null>> = { province: null, city: 'province', county: 'city', township: 'county', village: 'township', grid: 'village' };

export const CODE_PATTERN = /^[0-9A-Za-z-]{1,32}$/;
export const PLACE_NAME_MAX = 60;

export interface DivisionRecord {
  readonly line: number;
  readonly code: string;
  readonly parentCode: string | null;
  readonly level: keyof typeof LEVELS;
  readonly name: string;
}

/**
 * A table of divisions: columns code, parent, level (province | city | county | township | village | grid), name.
 * A parent may be missing from the file (grids name communities of another file); one that is there must be of the level above.
 * @refuses VALIDATION {findings} with rules CODE_PATTERN, CODE_REPEATED, LEVEL_UNKNOWN, NAME_LENGTH, PARENT_LEVEL besides those of the table; LIMIT_EXCEEDED
 */
export function parseDivisionsTable(text: string): Result<DivisionRecord[]> {
  const table = parseCsv(text, ['code', 'parent', 'level', 'name']);
  if (!table.ok) return table;
  const findings: FileFinding[] = [];
  const records = new Map<string, DivisionRecord>();
  for (const { line, cells } of table.value) {
    const find = (column: keyof typeof cells, rule: string): void => void findings.push({ line, column, rule, value: cells[column].slice(0, 80) });
    if (!CODE_PATTERN.test(cells.code)) find('code', 'CODE_PATTERN');
    else if (records.has(cells.code)) find('code', 'CODE_REPEATED');
    if (cells.parent !== '' && !CODE_PATTERN.test(cells.parent)) find('parent', 'CODE_PATTERN');
    if (!Object.hasOwn(LEVELS, cells.level)) find('level', 'LEVEL_UNKNOWN');
    if (cells.name.length < 1 || cells.name.length > PLACE_NAME_MAX) find('name', 'NAME_LENGTH');
    records.set(cells.code, { line, code: cells.code, parentCode: cells.parent === '' ? null : cells.parent, level: cells.level as DivisionRecord['level'], name: cells.name });
  }
  for (const record of records.values()) {
    const parent = record.parentCode === null ? undefined : records.get(record.parentCode);
    if (Object.hasOwn(LEVELS, record.level) && parent && parent.level !== ABOVE[record.level]) findings.push({ line: record.line, column: 'parent', rule: 'PARENT_LEVEL', value: record.parentCode });
  }
  return findings.length > 0 ? refuseFile(findings) : ok([...records.values()]);
}

/** In the statistical edition 71–79 in the county digits number functional zones, which are no districts (540171–540174). */
const isZone = (record: DivisionRecord): boolean => record.level === 'county' && /^\d{4}7[1-9]/.test(record.code);

export interface DivisionsFileOptions {
  readonly codes: CodeEdition;
  /** Whose codes the parents carry; the same as `codes` when absent. */
  readonly parentCodes?: CodeEdition;
  readonly validFrom: number;
  readonly synthetic: boolean;
}

/**
 * The file as the input of `divisions.import`. A zone becomes one place beside the tree;
 * its pseudo-township and 虚拟社区 have no ground of their own, so their codes become further codes of the zone.
 */
export function parseDivisionsFile(text: string, options: DivisionsFileOptions): Result<DivisionsImport> {
  const table = parseDivisionsTable(text);
  if (!table.ok) return table;
  const byCode = new Map(table.value.map((record) => [record.code, record]));
  const zoneOf = (record: DivisionRecord): DivisionRecord | null => {
    if (isZone(record)) return record;
    const parent = record.parentCode === null ? undefined : byCode.get(record.parentCode);
    return parent ? zoneOf(parent) : null;
  };
  const rows: DivisionRow[] = [];
  const zones = new Map(table.value.filter(isZone).map((record): [string, string[]] => [record.code, []]));
  for (const record of table.value) {
    const kind = LEVELS[record.level];
    if (kind === null) continue;
    const zone = zoneOf(record);
    if (zone && zone !== record) {
      zones.get(zone.code)!.push(record.code);
      continue;
    }
    rows.push({ code: record.code, alsoCodes: zones.get(record.code) ?? [], parentCode: kind === 'city' ? null : record.parentCode, kind: zone ? 'zone' : kind, name: record.name, ordinal: record.line });
  }
  return ok({ codes: options.codes, parentCodes: options.parentCodes ?? options.codes, validFrom: options.validFrom, synthetic: options.synthetic, rows });
}

/** The place behind the body's name: 鲁固社区居委会 → 鲁固社区, 塔玛村委会 → 塔玛村. For the names of grids; never stored in place of the official name. */
export function placeNameOf(name: string): string {
  const village = /^(.+?)村?(?:村民委员会|村委会)$/.exec(name);
  if (village) return `${village[1]}村`;
  const community = /^(.+?)(?:社区)?(?:居民委员会|居委会)$/.exec(name);
  return community ? `${community[1]}社区` : name;
}
