import type { Finding, PlanCell, PlanColumn, PlanRow } from '@baxing/campaigns';
import { parseDay, startOfDay } from '@baxing/kernel';
import { formatDate } from '@baxing/ui/format';
import type { Mend } from '#lib/plan/types.ts';

/** Findings and mends as the page of an import handles them. */

/** One way to mend one finding: the row is added when it is sent. */
export type MendChange = Omit<Mend, 'row' | 'sheetRow' | 'column'>;

export const UNIT_COLUMNS: readonly PlanColumn[] = ['lead', 'responsible', 'cooperating'];

export const findingKey = (finding: Finding): string => `${finding.sheetRow} ${finding.column} ${finding.code} ${finding.value}`;
export const cellKey = (sheetRow: number, column: PlanColumn): string => `${sheetRow} ${column}`;

/** The mend of what a finding says; a name in a cell of units is told which of them it means. */
export const mendOf = ({ sheetRow, column, value, choices }: Finding, change: MendChange): Mend =>
  ({ sheetRow, column, ...(change.value === undefined && choices.length > 0 && value !== '' ? { name: value } : {}), ...change }) as Mend;

/** What a cell holds, days as `YYYY-MM-DD`. */
export const textOf = (cell: PlanCell): string => (cell === null ? '' : typeof cell === 'object' ? cell.date : String(cell));

/** A cell as the sheet shows it: dates as days. */
export const cellText = (cell: PlanCell): string => {
  if (cell !== null && typeof cell === 'object') {
    const day = parseDay(cell.date);
    return day === null ? cell.date : formatDate(startOfDay(day));
  }
  return textOf(cell);
};

/** `YYYY-MM-DD` of a cell that holds a day, for a date input. */
export const cellDay = (cell: PlanCell): string => {
  const text = textOf(cell);
  return parseDay(text) === null ? '' : text;
};

export const rowOf = (rows: readonly PlanRow[], sheetRow: number): PlanRow | undefined => rows.find((row) => row.sheetRow === sheetRow);
