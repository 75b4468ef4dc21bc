import { hasForbiddenCharacters, normalise, ok, refuse, type Result } from '@baxing/kernel';
import { type FileFinding, refuseFile } from './findings.ts';

export interface CsvLimits {
  readonly charactersMax: number;
  readonly rowsMax: number;
  readonly cellMax: number;
}
export interface CsvRow<Column extends string> {
  readonly line: number;
  readonly cells: Readonly<Record<Column, string>>;
}

export const FILE_LIMITS: CsvLimits = { charactersMax: 8_000_000, rowsMax: 20_000, cellMax: 400 };

/** Cells of RFC 4180 text with the line each row begins on; null = a quote that never ends. */
function readCells(text: string): { line: number; cells: string[] }[] | null {
  const rows: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let began = 1;
  const endRow = (): void => {
    cells.push(cell);
    if (cells.length > 1 || cells[0]!.trim() !== '') rows.push({ line: began, cells });
    cells = [];
    cell = '';
  };
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]!;
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') {
      endRow();
      began = line;
    } else if (character !== '\r') cell += character;
  }
  if (quoted) return null;
  endRow();
  return rows;
}

/**
 * A table whose first row names its columns; further columns are ignored. Cells are trimmed and NFC.
 * @refuses LIMIT_EXCEEDED {limit, max}; VALIDATION {findings} with rules COLUMN_MISSING, QUOTE_OPEN, CELL_COUNT, CELL_TOO_LONG, CHARACTERS
 */
export function parseCsv<Column extends string>(text: string, columns: readonly Column[], limits: CsvLimits = FILE_LIMITS): Result<CsvRow<Column>[]> {
  if (text.length > limits.charactersMax) return refuse('LIMIT_EXCEEDED', { limit: 'characters', max: limits.charactersMax });
  const table = readCells(text.replace(/^\ufeff/, ''));
  if (!table) return refuseFile([{ line: 1, column: null, rule: 'QUOTE_OPEN', value: null }]);
  const [header, ...body] = table;
  const names = header?.cells.map(normalise) ?? [];
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) return refuseFile(missing.map((column) => ({ line: header?.line ?? 1, column, rule: 'COLUMN_MISSING', value: null })));
  if (body.length > limits.rowsMax) return refuse('LIMIT_EXCEEDED', { limit: 'rows', max: limits.rowsMax });
  const findings: FileFinding[] = [];
  const rows = body.map(({ line, cells }): CsvRow<Column> => {
    if (cells.length !== names.length) findings.push({ line, column: null, rule: 'CELL_COUNT', value: String(cells.length) });
    const entries = columns.map((column) => {
      const raw = cells[names.indexOf(column)] ?? '';
      if (raw.length > limits.cellMax) findings.push({ line, column, rule: 'CELL_TOO_LONG', value: String(raw.length) });
      if (hasForbiddenCharacters(raw)) findings.push({ line, column, rule: 'CHARACTERS', value: null });
      return [column, normalise(raw)] as const;
    });
    return { line, cells: Object.fromEntries(entries) as Record<Column, string> };
  });
  return findings.length > 0 ? refuseFile(findings) : ok(rows);
}
