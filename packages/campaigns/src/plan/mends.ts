import type { UnitKind } from '@baxing/jurisdictions';
import { keyOfName } from './names.ts';
import type { PlanCell, PlanColumn, PlanRow } from './rows.ts';

/**
 * What people decided on top of the file: another content of a cell, or which unit one name in a cell means.
 * A later mend of the same cell or name replaces the earlier one; another content of a cell drops what was decided about its names.
 */
export type StoredMend =
  | { readonly sheetRow: number; readonly column: PlanColumn; readonly value: PlanCell }
  | { readonly sheetRow: number; readonly column: PlanColumn; readonly name: string; readonly unitId: string }
  | { readonly sheetRow: number; readonly column: PlanColumn; readonly name: string; readonly choice: 'leave_open' }
  | { readonly sheetRow: number; readonly column: PlanColumn; readonly name: string; readonly choice: 'create_unit'; readonly kind: UnitKind };

export type NameMend = Exclude<StoredMend, { value: PlanCell }>;

const sameCell = (a: StoredMend, b: StoredMend): boolean => a.sheetRow === b.sheetRow && a.column === b.column;

export function addMend(mends: readonly StoredMend[], mend: StoredMend): StoredMend[] {
  const kept = mends.filter((other) => !sameCell(other, mend) || ('value' in mend ? false : 'value' in other || keyOfName(other.name) !== keyOfName(mend.name)));
  return [...kept, mend];
}

export function mendedRow(row: PlanRow, mends: readonly StoredMend[]): PlanRow {
  const cells = { ...row.cells };
  for (const mend of mends) if (mend.sheetRow === row.sheetRow && 'value' in mend) cells[mend.column] = mend.value;
  return { sheetRow: row.sheetRow, cells };
}

export const nameMend = (mends: readonly StoredMend[], sheetRow: number, column: PlanColumn, name: string): NameMend | undefined =>
  mends.find((mend): mend is NameMend => mend.sheetRow === sheetRow && mend.column === column && !('value' in mend) && keyOfName(mend.name) === keyOfName(name));
