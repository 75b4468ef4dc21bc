import { ok, type Result } from '@baxing/kernel';
import { parseCsv } from './csv.ts';
import { type FileFinding, refuseFile } from './findings.ts';
import { type CodeEdition, unitKindOf } from './kinds.ts';
import { UNIT_NAME_MAX, type UnitRow, type UnitsImport } from './schemas.ts';

const COLUMNS = ['序号', '单位名称', '简称', '单位类型', '上级单位', '管辖区划代码', '管辖说明', '备注'] as const;

/**
 * A register of units (单位名录) as the input of `units.import`. 上级单位 is a full or short name of the same file or of the register.
 * @refuses VALIDATION {findings} with rules NAME_LENGTH, NAME_REPEATED, KIND_UNKNOWN besides those of the table; LIMIT_EXCEEDED
 */
export function parseUnitsFile(text: string, options: { readonly codes: CodeEdition; readonly validFrom: number }): Result<UnitsImport> {
  const table = parseCsv(text, COLUMNS);
  if (!table.ok) return table;
  const findings: FileFinding[] = [];
  const rows = new Map<string, UnitRow>();
  for (const { line, cells } of table.value) {
    const find = (column: keyof typeof cells, rule: string): void => void findings.push({ line, column, rule, value: cells[column].slice(0, 80) });
    const name = cells['单位名称'];
    const kind = unitKindOf(cells['单位类型']);
    if (name.length < 1 || name.length > UNIT_NAME_MAX) find('单位名称', 'NAME_LENGTH');
    else if (rows.has(name)) find('单位名称', 'NAME_REPEATED');
    if (cells['简称'].length > UNIT_NAME_MAX) find('简称', 'NAME_LENGTH');
    if (!kind) {
      find('单位类型', 'KIND_UNKNOWN');
      continue;
    }
    rows.set(name, {
      name,
      shortName: cells['简称'] || name,
      kind,
      parent: cells['上级单位'] || null,
      areaCode: cells['管辖区划代码'] || null,
      areaNote: cells['管辖说明'],
      note: cells['备注'],
      ordinal: line,
    });
  }
  return findings.length > 0 ? refuseFile(findings) : ok({ codes: options.codes, validFrom: options.validFrom, rows: [...rows.values()] });
}
