import { hasForbiddenCharacters, type Result, ok, refuse } from '@baxing/kernel';
import { z } from 'zod';

/** From a workbook's cells to the plan's rows: which sheet, which columns. What the cells mean is read later (examine.ts), against the register. */

/** A cell as the workbook port answers it: dates as civil days `YYYY-MM-DD`, formulas and rich text as what they show. */
export type PlanCell = string | number | boolean | null | { readonly date: string };

export interface SheetContent {
  readonly name: string;
  /** Rows from the first on, cells from column A on; a merged range repeats its value in each cell. */
  readonly rows: readonly (readonly PlanCell[])[];
}

export const PLAN_COLUMNS = ['no', 'action', 'what', 'how', 'target', 'measure', 'standard', 'lead', 'responsible', 'cooperating', 'deadline', 'postTitle', 'note'] as const;
export type PlanColumn = (typeof PLAN_COLUMNS)[number];

/** Headings as plans write them; a heading may carry a remark in brackets. */
const HEADINGS: Readonly<Record<PlanColumn, readonly string[]>> = {
  no: ['序号', '编号'],
  action: ['行动', '专项行动', '整治行动'],
  what: ['重点任务', '任务', '干什么', '任务名称'],
  how: ['具体措施', '措施', '怎么干', '工作措施'],
  target: ['目标值', '数量', '目标'],
  measure: ['计量单位', '单位'],
  standard: ['验收标准', '标准', '干到什么程度', '完成标准'],
  lead: ['牵头单位'],
  responsible: ['责任单位', '谁来干', '承办单位'],
  cooperating: ['配合单位', '协办单位'],
  deadline: ['完成时限', '时限', '截止日期', '完成时间'],
  postTitle: ['责任岗位'],
  note: ['备注'],
};
const NEEDED: readonly PlanColumn[] = ['action', 'what', 'lead', 'responsible', 'deadline'];

export const PLAN_ROWS_MAX = 2000;
export const PLAN_TEXT_MAX = 2000;
const HEADER_SEARCH_ROWS = 20;

const cellText = z
  .string()
  .max(PLAN_TEXT_MAX)
  .refine((text) => !hasForbiddenCharacters(text), { error: 'control characters' });
export const planCellSchema = z.union([cellText, z.number(), z.boolean(), z.null(), z.object({ date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/) })]);
export const planRowSchema = z.object({ sheetRow: z.number().int().min(1).max(1_048_576), cells: z.record(z.enum(PLAN_COLUMNS), planCellSchema) });
export const planRowsSchema = z.array(planRowSchema).min(1).max(PLAN_ROWS_MAX);

/** `sheetRow` counts from 1 as the spreadsheet shows it; the plan's own number is the cell `no`. */
export interface PlanRow {
  readonly sheetRow: number;
  readonly cells: Readonly<Record<PlanColumn, PlanCell>>;
}

export const textOf = (cell: PlanCell): string => (cell === null ? '' : typeof cell === 'object' ? cell.date : String(cell)).normalize('NFC').trim();

const headingKey = (cell: PlanCell): string => textOf(cell).normalize('NFKC').replace(/\s/g, '');

function headingsOf(row: readonly PlanCell[]): Map<PlanColumn, number> {
  const found = new Map<PlanColumn, number>();
  for (const [index, cell] of row.entries()) {
    const key = headingKey(cell);
    const [outside = '', inside = ''] = key.replace(/\)$/, '').split('(', 2);
    const column = PLAN_COLUMNS.find((candidate) => !found.has(candidate) && (HEADINGS[candidate].includes(outside) || HEADINGS[candidate].includes(inside)));
    if (column) found.set(column, index);
  }
  return found;
}

/**
 * The rows of the first sheet that has a plan's headings; rows without any content are left out.
 * @refuses VALIDATION {rule: HEADER_MISSING, columns} · {rule: NO_ROWS} · {rule: TEXT_UNREADABLE, cells}; LIMIT_EXCEEDED {rule: ROWS | TEXT}
 */
export function readPlanTable(sheets: readonly SheetContent[]): Result<{ sheet: string; rows: PlanRow[] }> {
  let best: readonly PlanColumn[] = [];
  for (const sheet of sheets)
    for (const [index, row] of sheet.rows.slice(0, HEADER_SEARCH_ROWS).entries()) {
      const headings = headingsOf(row);
      if (NEEDED.every((column) => headings.has(column))) return readRows(sheet, index, headings);
      if (headings.size > best.length) best = [...headings.keys()];
    }
  return refuse('VALIDATION', { field: 'file', rule: 'HEADER_MISSING', columns: NEEDED.filter((column) => !best.includes(column)).map((column) => HEADINGS[column][0]) });
}

function readRows(sheet: SheetContent, headerIndex: number, headings: ReadonlyMap<PlanColumn, number>): Result<{ sheet: string; rows: PlanRow[] }> {
  const rows: PlanRow[] = [];
  for (const [i, cells] of sheet.rows.entries()) {
    if (i <= headerIndex) continue;
    const row: PlanRow = { sheetRow: i + 1, cells: Object.fromEntries(PLAN_COLUMNS.map((column) => [column, clean(cells[headings.get(column) ?? -1] ?? null)])) as Record<PlanColumn, PlanCell> };
    if (PLAN_COLUMNS.every((column) => column === 'action' || row.cells[column] === null)) continue;
    rows.push(row);
    if (rows.length > PLAN_ROWS_MAX) return refuse('LIMIT_EXCEEDED', { field: 'file', rule: 'ROWS', max: PLAN_ROWS_MAX });
  }
  if (rows.length === 0) return refuse('VALIDATION', { field: 'file', rule: 'NO_ROWS' });
  const bad = rows.flatMap(({ sheetRow, cells }) =>
    PLAN_COLUMNS.filter((column) => typeof cells[column] === 'string' && hasForbiddenCharacters(cells[column] as string)).map((column) => ({ sheetRow, column })),
  );
  if (bad.length > 0) return refuse('VALIDATION', { field: 'file', rule: 'TEXT_UNREADABLE', cells: bad.slice(0, 20) });
  const long = rows.find(({ cells }) => PLAN_COLUMNS.some((column) => typeof cells[column] === 'string' && (cells[column] as string).length > PLAN_TEXT_MAX));
  if (long) return refuse('LIMIT_EXCEEDED', { field: 'file', rule: 'TEXT', sheetRow: long.sheetRow, max: PLAN_TEXT_MAX });
  return ok({ sheet: sheet.name, rows });
}

function clean(cell: PlanCell): PlanCell {
  if (typeof cell !== 'string') return cell;
  const text = cell.replace(/\r\n?/g, '\n').normalize('NFC').trim();
  return text === '' ? null : text;
}

/** 单位 of one cell: separated by 、 , ， ; ； / or line breaks. */
export const splitUnits = (cell: PlanCell): string[] =>
  textOf(cell)
    .split(/[、,，;；/／\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== '—' && name !== '-' && name !== '无');
