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

/** `addMend` for many at once: cells do not touch each other. */
export function addMends(mends: readonly StoredMend[], added: readonly StoredMend[]): StoredMend[] {
  const byCell = new Map<string, StoredMend[]>();
  const cellOf = (mend: StoredMend): string => `${mend.sheetRow} ${mend.column}`;
  for (const mend of mends) byCell.set(cellOf(mend), [...(byCell.get(cellOf(mend)) ?? []), mend]);
  for (const mend of added) byCell.set(cellOf(mend), addMend(byCell.get(cellOf(mend)) ?? [], mend));
  return [...byCell.values()].flat();
}

/** Mends as a plan is read: by row, and the names of a row by column and key. */
export interface MendIndex {
  cells(sheetRow: number): readonly Exclude<StoredMend, NameMend>[];
  named(sheetRow: number, column: PlanColumn, key: string): NameMend | undefined;
}

export function indexMends(mends: readonly StoredMend[]): MendIndex {
  const cells = new Map<number, Exclude<StoredMend, NameMend>[]>();
  const names = new Map<number, Map<string, NameMend>>();
  for (const mend of mends) {
    if ('value' in mend) {
      cells.set(mend.sheetRow, [...(cells.get(mend.sheetRow) ?? []), mend]);
      continue;
    }
    const row = names.get(mend.sheetRow) ?? new Map<string, NameMend>();
    names.set(mend.sheetRow, row.set(`${mend.column} ${keyOfName(mend.name)}`, mend));
  }
  return { cells: (sheetRow) => cells.get(sheetRow) ?? [], named: (sheetRow, column, key) => names.get(sheetRow)?.get(`${column} ${key}`) };
}

export function mendedRow(row: PlanRow, mends: MendIndex): PlanRow {
  const cells = { ...row.cells };
  for (const mend of mends.cells(row.sheetRow)) cells[mend.column] = mend.value;
  return { sheetRow: row.sheetRow, cells };
}
