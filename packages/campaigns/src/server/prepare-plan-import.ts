import { type Result, ok, refuse } from '@baxing/kernel';
import { type PlanRow, readPlanTable } from '../plan/rows.ts';
import { readWorkbook } from './workbook/read-workbook.ts';

/** The part of `campaigns.importPreview` that the file alone decides. */
export interface PreparedPlan {
  readonly sha256: string;
  readonly sheet: string;
  readonly rows: readonly PlanRow[];
}

const STORED_CHARACTERS_MAX = 2_000_000;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads a plan workbook outside any command: bytes, a file's path, or base64 as the API carries it.
 * @refuses what `readWorkbook` and `readPlanTable` refuse; VALIDATION {field: contentBase64}
 */
export async function preparePlanImport(source: Uint8Array | { readonly path: string } | { readonly base64: string }): Promise<Result<PreparedPlan>> {
  let bytes: Uint8Array | string;
  if (source instanceof Uint8Array) bytes = source;
  else if ('path' in source) bytes = source.path;
  else if (BASE64.test(source.base64)) bytes = Buffer.from(source.base64, 'base64');
  else return refuse('VALIDATION', { field: 'contentBase64' });
  const workbook = await readWorkbook(bytes);
  if (!workbook.ok) return workbook;
  const table = readPlanTable(workbook.value.sheets);
  if (!table.ok) return table;
  if (JSON.stringify(table.value.rows).length > STORED_CHARACTERS_MAX) return refuse('LIMIT_EXCEEDED', { rule: 'TEXT', max: STORED_CHARACTERS_MAX });
  return ok({ sha256: workbook.value.sha256, ...table.value });
}
