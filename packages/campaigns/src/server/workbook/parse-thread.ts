import { parentPort, workerData } from 'node:worker_threads';
import { type Result, ok, refuse } from '@baxing/kernel';
import type { Cell, CellValue, Worksheet } from '@protobi/exceljs';
import type { PlanCell, SheetContent } from '../../plan/rows.ts';
import { WORKBOOK_LIMITS } from './limits.ts';
import { scanWorkbook } from './scan.ts';

/** The thread's side of `readWorkbook`: scan, then parse, then flatten. Its heap is capped from outside. */

/** Parts that a plan does not need and that the parser expands cell by cell. */
const IGNORED = ['dataValidations', 'conditionalFormatting', 'extLst', 'autoFilter', 'drawing', 'legacyDrawing', 'picture', 'tableParts', 'rowBreaks', 'colBreaks', 'sheetProtection', 'headerFooter'];

async function parse(bytes: Buffer): Promise<Result<{ sheets: SheetContent[] }>> {
  const scanned = await scanWorkbook(bytes);
  if (!scanned.ok) return scanned;
  const { default: excel } = await import('@protobi/exceljs');
  const workbook = new excel.Workbook();
  try {
    await workbook.xlsx.load(bytes as never, { ignoreNodes: IGNORED });
  } catch {
    return refuse('UNSAFE_FILE', { rule: 'BROKEN_WORKBOOK' });
  }
  const sheets: SheetContent[] = [];
  let cells = 0;
  for (const sheet of workbook.worksheets) {
    if (sheet.rowCount > WORKBOOK_LIMITS.rows) return refuse('LIMIT_EXCEEDED', { rule: 'ROWS', max: WORKBOOK_LIMITS.rows });
    if (sheet.columnCount > WORKBOOK_LIMITS.columns) return refuse('LIMIT_EXCEEDED', { rule: 'COLUMNS', max: WORKBOOK_LIMITS.columns });
    const rows = rowsOf(sheet);
    cells += rows.reduce((sum, row) => sum + row.length, 0);
    if (cells > WORKBOOK_LIMITS.cells) return refuse('LIMIT_EXCEEDED', { rule: 'CELLS', max: WORKBOOK_LIMITS.cells });
    if (rows.some((row) => row.some((cell) => typeof cell === 'string' && cell.length > WORKBOOK_LIMITS.cellText))) return refuse('LIMIT_EXCEEDED', { rule: 'TEXT', max: WORKBOOK_LIMITS.cellText });
    sheets.push({ name: sheet.name, rows });
  }
  return ok({ sheets });
}

function rowsOf(sheet: Worksheet): PlanCell[][] {
  const rows: PlanCell[][] = [];
  sheet.eachRow({ includeEmpty: false }, (row, number) => {
    while (rows.length < number - 1) rows.push([]);
    const cells: PlanCell[] = [];
    row.eachCell({ includeEmpty: false }, (cell: Cell, column: number) => {
      while (cells.length < column - 1) cells.push(null);
      // A merged range repeats its first cell's value.
      cells.push(plain(cell.isMerged ? cell.master.value : cell.value));
    });
    rows.push(cells);
  });
  return rows;
}

/** What a cell shows: dates as civil days, rich text and links as text, formulas as their stored result, errors as nothing. */
function plain(value: CellValue | undefined): PlanCell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : { date: value.toISOString().slice(0, 10) };
  if (typeof value !== 'object') return value;
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('hyperlink' in value) return plain(value.text as CellValue);
  if ('formula' in value || 'sharedFormula' in value) return plain((value as { result?: CellValue }).result);
  return null;
}

const { bytes } = workerData as { bytes: Uint8Array };
parentPort!.postMessage(await parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
