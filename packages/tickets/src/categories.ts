import { isLimit, TIME_UNITS, timeUnitOf } from '@baxing/clocks';
import { type FileFinding, parseCsv } from '@baxing/jurisdictions';
import { ok, refuse, type Result, textSchema } from '@baxing/kernel';
import { z } from 'zod';

/** Categories (大类/小类) and their filing standards (立案标准): shapes, the file format, and the index that answers from memory. */

export const CATEGORY_CLASSES = ['部件', '事件'] as const;
export type CategoryClass = (typeof CATEGORY_CLASSES)[number];

export const STANDARDS_PER_IMPORT_MAX = 5000;
const FINDINGS_MAX = 200;

const codeSchema = z.string().regex(/^\d{2}$/);

const standardSchema = z
  .strictObject({
    filingCondition: textSchema(200, 1),
    limitValue: z.number(),
    limitUnit: z.enum(TIME_UNITS),
    closeCondition: textSchema(100, 1),
    note: textSchema(200).default(''),
  })
  .refine(({ limitValue, limitUnit }) => Number.isInteger(limitValue) && isLimit(limitValue, limitUnit), { path: ['limitValue'], error: 'limit out of bounds for its unit' });

const categorySchema = z
  .strictObject({
    source: textSchema(40, 1),
    class: z.enum(CATEGORY_CLASSES),
    majorCode: codeSchema,
    majorName: textSchema(40, 1),
    minorCode: codeSchema,
    minorName: textSchema(40, 1),
    active: z.boolean(),
    note: textSchema(200).default(''),
    standards: z.array(standardSchema).min(1).max(100),
  })
  .superRefine(({ standards }, check) => {
    const seen = new Set<string>();
    for (const [i, { filingCondition }] of standards.entries()) {
      if (seen.has(filingCondition)) check.addIssue({ code: 'custom', path: ['standards', i, 'filingCondition'], message: 'twice' });
      seen.add(filingCondition);
    }
  });

const keyOf = (category: { source: string; class: string; majorCode: string; minorCode: string }): string => `${category.source}|${category.class}|${category.majorCode}|${category.minorCode}`;

/** Input of `categories.import`: every category of each source named here; what a source no longer has, ends. */
export const importCategoriesSchema = z.strictObject({ categories: z.array(categorySchema).min(1).max(STANDARDS_PER_IMPORT_MAX) }).superRefine(({ categories }, check) => {
  const seen = new Set<string>();
  let standards = 0;
  for (const [i, category] of categories.entries()) {
    if (seen.has(keyOf(category))) check.addIssue({ code: 'custom', path: ['categories', i], message: 'twice' });
    seen.add(keyOf(category));
    standards += category.standards.length;
  }
  if (standards > STANDARDS_PER_IMPORT_MAX) check.addIssue({ code: 'custom', path: ['categories'], message: `more than ${STANDARDS_PER_IMPORT_MAX} standards` });
});
export type ImportCategoriesInput = z.infer<typeof importCategoriesSchema>;
export type CategoryInput = ImportCategoriesInput['categories'][number];
export type StandardInput = CategoryInput['standards'][number];

/** Input of `categories.list`. `text` finds in names, codes and filing conditions. */
export const listCategoriesSchema = z.strictObject({ class: z.enum(CATEGORY_CLASSES).optional(), text: textSchema(50).optional(), activeOnly: z.boolean().default(true) });
export type ListCategoriesInput = z.infer<typeof listCategoriesSchema>;

/** What the product does with a list whose file does not say: only 运城's is complete, the other two give its codes other meanings. */
const KNOWN_SOURCES: Readonly<Record<string, { active: boolean; note: string }>> = {
  '运城-部件': { active: true, note: '借用标准（非拉萨）' },
  '运城-事件': { active: true, note: '借用标准（非拉萨）' },
  济源: { active: false, note: '他市标准，未启用' },
  某市: { active: false, note: '他市标准，未启用' },
};
const UNKNOWN_SOURCE = { active: false, note: '' };

const COLUMNS = ['class', 'major_code', 'major_name', 'minor_code', 'minor_name', 'filing_condition', 'time_limit_value', 'time_limit_unit', 'close_condition', 'source'] as const;
const OPTIONAL_COLUMNS = ['active', 'category_note', 'note'] as const;
type Column = (typeof COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number];

const COLUMN_OF: Readonly<Record<string, Column>> = {
  source: 'source',
  class: 'class',
  majorCode: 'major_code',
  majorName: 'major_name',
  minorCode: 'minor_code',
  minorName: 'minor_name',
  note: 'category_note',
  filingCondition: 'filing_condition',
  limitValue: 'time_limit_value',
  limitUnit: 'time_limit_unit',
  closeCondition: 'close_condition',
};

const asActive = (text: string, source: string): boolean | null => (text === '' ? (KNOWN_SOURCES[source] ?? UNKNOWN_SOURCE).active : text === '1' ? true : text === '0' ? false : null);

/**
 * A file of filing standards, one per row, as the input of `categories.import`; rows of one 小类 need not stand together.
 * @refuses LIMIT_EXCEEDED; VALIDATION {findings: {line, column, rule, value}[], total} with rules of `parseCsv` and VALUE, UNIT, LIMIT, TWICE, DIFFERS (from the 小类's first row)
 */
export function parseCategories(text: string): Result<ImportCategoriesInput> {
  const header = text
    .slice(0, 2000)
    .split('\n', 1)[0]!
    .split(',')
    .map((name) => name.trim());
  const columns: readonly Column[] = [...COLUMNS, ...OPTIONAL_COLUMNS.filter((name) => header.includes(name))];
  const table = parseCsv(text, columns, { charactersMax: 4_000_000, rowsMax: STANDARDS_PER_IMPORT_MAX, cellMax: 400 });
  if (!table.ok) return table;
  const findings: FileFinding[] = [];
  const byKey = new Map<string, CategoryInput>();
  for (const { line, cells } of table.value) {
    const find = (column: Column, rule: string): void => void findings.push({ line, column, rule, value: (cells[column] ?? '').slice(0, 80) });
    const known = KNOWN_SOURCES[cells.source] ?? UNKNOWN_SOURCE;
    const active = asActive(cells.active ?? '', cells.source);
    if (active === null) find('active', 'VALUE');
    const limitUnit = timeUnitOf(cells.time_limit_unit);
    if (limitUnit === null) find('time_limit_unit', 'UNIT');
    const limitValue = /^\d{1,6}$/.test(cells.time_limit_value) ? Number(cells.time_limit_value) : Number.NaN;
    if (limitUnit !== null && !isLimit(limitValue, limitUnit)) find('time_limit_value', 'LIMIT');
    if (active === null || limitUnit === null || !isLimit(limitValue, limitUnit)) continue;
    const parsed = categorySchema.safeParse({
      source: cells.source,
      class: cells.class,
      majorCode: cells.major_code,
      majorName: cells.major_name,
      minorCode: cells.minor_code,
      minorName: cells.minor_name,
      active,
      note: cells.category_note || known.note,
      standards: [{ filingCondition: cells.filing_condition, limitValue, limitUnit, closeCondition: cells.close_condition, note: cells.note ?? '' }],
    });
    if (!parsed.success) {
      for (const { path } of parsed.error.issues) find(path[0] === 'standards' && path.at(-1) === 'note' ? 'note' : (COLUMN_OF[String(path.at(-1))] ?? 'class'), 'VALUE');
      continue;
    }
    const category = parsed.data;
    const first = byKey.get(keyOf(category));
    if (!first) byKey.set(keyOf(category), category);
    else {
      if (first.majorName !== category.majorName) find('major_name', 'DIFFERS');
      if (first.minorName !== category.minorName) find('minor_name', 'DIFFERS');
      if (first.active !== category.active) find('active', 'DIFFERS');
      if (first.note !== category.note) find('category_note', 'DIFFERS');
      if (first.standards.some(({ filingCondition }) => filingCondition === category.standards[0]!.filingCondition)) find('filing_condition', 'TWICE');
      first.standards.push(category.standards[0]!);
    }
  }
  if (findings.length > 0) return refuse('VALIDATION', { findings: findings.slice(0, FINDINGS_MAX), total: findings.length });
  const input = importCategoriesSchema.safeParse({ categories: [...byKey.values()] });
  if (!input.success) return refuse('VALIDATION', { field: input.error.issues[0]!.path.join('.'), reason: input.error.issues[0]!.message });
  return ok(input.data);
}

/** A row of the table `category`; `active` 0 or 1, instants in epoch ms, `valid_to` null = still valid. */
export interface CategoryRow {
  readonly id: string;
  readonly source: string;
  readonly class: string;
  readonly major_code: string;
  readonly major_name: string;
  readonly minor_code: string;
  readonly minor_name: string;
  readonly active: number;
  readonly note: string;
  readonly ordinal: number;
  readonly valid_from: number;
  readonly valid_to: number | null;
}

/** A row of the table `filing_standard`; `limit_unit` is a `TimeUnit` of the clocks. */
export interface StandardRow {
  readonly id: string;
  readonly category_id: string;
  readonly ordinal: number;
  readonly filing_condition: string;
  readonly limit_value: number;
  readonly limit_unit: string;
  readonly close_condition: string;
  readonly note: string;
  readonly valid_from: number;
  readonly valid_to: number | null;
}

const isValidAt = (row: { valid_from: number; valid_to: number | null }, at: number): boolean => row.valid_from <= at && (row.valid_to === null || at < row.valid_to);

const rowKey = (source: string, klass: string, major: string, minor: string): string => `${source}|${klass}|${major}|${minor}`;

/** All categories and standards that ever were, in the order of their lists. Ended ones are found by id, so that an old ticket keeps its limit. */
export class CategoryIndex {
  readonly categories: readonly CategoryRow[];
  readonly #byId: ReadonlyMap<string, CategoryRow>;
  readonly #standards: ReadonlyMap<string, StandardRow>;
  readonly #standardsOf = new Map<string, StandardRow[]>();
  readonly #byCode = new Map<string, CategoryRow>();
  readonly #byMajor = new Map<string, CategoryRow[]>();

  constructor(categories: readonly CategoryRow[], standards: readonly StandardRow[]) {
    this.categories = [...categories].sort((a, b) => a.ordinal - b.ordinal || (a.id < b.id ? -1 : 1));
    this.#byId = new Map(categories.map((row) => [row.id, row]));
    this.#standards = new Map(standards.map((row) => [row.id, row]));
    for (const row of [...standards].sort((a, b) => a.ordinal - b.ordinal || (a.id < b.id ? -1 : 1))) this.#standardsOf.set(row.category_id, [...(this.#standardsOf.get(row.category_id) ?? []), row]);
    for (const row of this.categories) {
      if (row.valid_to !== null) continue;
      this.#byCode.set(rowKey(row.source, row.class, row.major_code, row.minor_code), row);
      const major = `${row.class}|${row.major_code}|${row.major_name}`;
      if (row.active === 1) this.#byMajor.set(major, [...(this.#byMajor.get(major) ?? []), row]);
    }
  }

  /** Categories that may be chosen, valid at that instant. */
  active(at: number): readonly CategoryRow[] {
    return this.categories.filter((row) => row.active === 1 && isValidAt(row, at));
  }

  category(id: string): CategoryRow | undefined {
    return this.#byId.get(id);
  }

  standard(id: string): StandardRow | undefined {
    return this.#standards.get(id);
  }

  /** Standards of a category in the order of its list: those that hold now, or those that held at that instant. */
  standardsOf(categoryId: string, at?: number): readonly StandardRow[] {
    return (this.#standardsOf.get(categoryId) ?? []).filter((row) => (at === undefined ? row.valid_to === null : isValidAt(row, at)));
  }

  /** The other active categories of the same 大类, of whichever list is in use. */
  neighbours(categoryId: string): readonly CategoryRow[] {
    const own = this.#byId.get(categoryId);
    return own ? (this.#byMajor.get(`${own.class}|${own.major_code}|${own.major_name}`) ?? []).filter((row) => row.id !== categoryId) : [];
  }

  /** The present category with that code in that list. */
  byCode(source: string, klass: string, major: string, minor: string): CategoryRow | undefined {
    return this.#byCode.get(rowKey(source, klass, major, minor));
  }
}
