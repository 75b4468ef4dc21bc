import { type CommandContext, defineCommand, type Reader } from '@baxing/db';
import { authorise } from '@baxing/identity/server';
import { ok } from '@baxing/kernel';
import { type CategoryIndex, type CategoryInput, type CategoryRow, type ImportCategoriesInput, importCategoriesSchema, type StandardInput, type StandardRow } from '../../categories.ts';
import { categoryCache, loadCategories } from './category-cache.ts';

/** What an import does, in numbers of categories and of standards. */
export interface CategoryChanges {
  readonly created: number;
  readonly changed: number;
  readonly ended: number;
  readonly standardsCreated: number;
  readonly standardsEnded: number;
  readonly unchanged: number;
}

interface Plan {
  readonly create: readonly { category: CategoryInput; ordinal: number }[];
  readonly change: readonly { row: CategoryRow; set: Pick<CategoryRow, 'major_name' | 'active' | 'note' | 'ordinal'> }[];
  readonly end: readonly CategoryRow[];
  readonly createStandards: readonly { categoryId: string; standard: StandardInput; ordinal: number }[];
  readonly moveStandards: readonly { row: StandardRow; ordinal: number }[];
  readonly endStandards: readonly StandardRow[];
  readonly unchanged: number;
}

const ROWS_PER_STATEMENT = 200;
/** Room between two lists, so that each keeps its own order. */
const ORDINALS_PER_SOURCE = 10_000;

const sameStandard = (row: StandardRow, standard: StandardInput): boolean =>
  row.filing_condition === standard.filingCondition &&
  row.limit_value === standard.limitValue &&
  row.limit_unit === standard.limitUnit &&
  row.close_condition === standard.closeCondition &&
  row.note === standard.note;

/** A code that changes its 小类 name has another meaning: the old one ends and a new one begins. Everything else of a category changes in place. */
function plan(index: CategoryIndex, { categories }: ImportCategoriesInput): Plan {
  const current = index.categories.filter((row) => row.valid_to === null);
  const sources = [...new Set(categories.map((category) => category.source))];
  const bases = new Map<string, number>();
  let next = Math.floor(Math.max(-1, ...current.map((row) => row.ordinal)) / ORDINALS_PER_SOURCE) + 1;
  for (const source of sources) {
    const known = current.find((row) => row.source === source);
    bases.set(source, known ? Math.floor(known.ordinal / ORDINALS_PER_SOURCE) : next++);
  }
  const place = new Map<string, number>();
  const made = { create: [], change: [], end: [], createStandards: [], moveStandards: [], endStandards: [] } as { [K in keyof Omit<Plan, 'unchanged'>]: Plan[K][number][] };
  const kept = new Set<string>();
  let unchanged = 0;
  for (const category of categories) {
    const nth = place.get(category.source) ?? 0;
    place.set(category.source, nth + 1);
    const ordinal = bases.get(category.source)! * ORDINALS_PER_SOURCE + nth;
    const row = index.byCode(category.source, category.class, category.majorCode, category.minorCode);
    if (!row || row.minor_name !== category.minorName) {
      made.create.push({ category, ordinal });
      continue;
    }
    kept.add(row.id);
    const set = { major_name: category.majorName, active: category.active ? 1 : 0, note: category.note, ordinal };
    const differs = row.major_name !== set.major_name || row.active !== set.active || row.note !== set.note || row.ordinal !== ordinal;
    if (differs) made.change.push({ row, set });
    const standards = index.standardsOf(row.id);
    const matched = new Set<string>();
    let same = !differs;
    for (const [i, standard] of category.standards.entries()) {
      const match = standards.find((candidate) => sameStandard(candidate, standard));
      if (match) matched.add(match.id);
      if (!match) made.createStandards.push({ categoryId: row.id, standard, ordinal: i });
      else if (match.ordinal !== i) made.moveStandards.push({ row: match, ordinal: i });
      same &&= match?.ordinal === i;
    }
    const gone = standards.filter((standard) => !matched.has(standard.id));
    made.endStandards.push(...gone);
    if (same && gone.length === 0) unchanged += 1;
  }
  made.end.push(...current.filter((row) => sources.includes(row.source) && !kept.has(row.id)));
  made.endStandards.push(...made.end.flatMap((row) => index.standardsOf(row.id)));
  return { ...made, unchanged };
}

const changesOf = (made: Plan): CategoryChanges => ({
  created: made.create.length,
  changed: made.change.length,
  ended: made.end.length,
  standardsCreated: made.createStandards.length + made.create.reduce((sum, { category }) => sum + category.standards.length, 0),
  standardsEnded: made.endStandards.length,
  unchanged: made.unchanged,
});

/** What the import would do (`baxing import categories FILE --dry-run`). */
export async function previewCategoryImport(reader: Reader, input: ImportCategoriesInput): Promise<CategoryChanges> {
  return changesOf(plan(await loadCategories(reader), input));
}

/** Replaces what is known of each source named. Nothing is deleted: what is gone or different gets `valid_to` = now. Again with the same input it changes nothing. */
export const importCategories = defineCommand({
  name: 'categories.import',
  input: importCategoriesSchema,
  async run(ctx, input) {
    authorise(ctx, 'categories.import');
    const made = plan(await loadCategories(ctx.tx), input);
    await endRows(ctx, 'filing_standard', made.endStandards);
    await endRows(ctx, 'category', made.end);
    await createCategories(ctx, made);
    for (const { row, set } of made.change) await ctx.tx.updateTable('category').set(set).where('id', '=', row.id).execute();
    for (const { row, ordinal } of made.moveStandards) await ctx.tx.updateTable('filing_standard').set({ ordinal }).where('id', '=', row.id).execute();
    const changes = changesOf(made);
    if (changes.unchanged < input.categories.length || changes.ended > 0) {
      ctx.record({ type: 'category.imported', subject: 'category', subjectId: 'categories', scope: {}, data: { sources: [...new Set(input.categories.map(({ source }) => source))], ...changes } });
      ctx.invalidate(categoryCache);
    }
    return ok(changes);
  },
});

async function endRows(ctx: CommandContext, table: 'category' | 'filing_standard', rows: readonly { id: string }[]): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS_PER_STATEMENT) {
    const ids = rows.slice(i, i + ROWS_PER_STATEMENT).map((row) => row.id);
    await ctx.tx.updateTable(table).set({ valid_to: ctx.at }).where('id', 'in', ids).execute();
  }
}

async function createCategories(ctx: CommandContext, { create, createStandards }: Plan): Promise<void> {
  const categories = create.map(({ category, ordinal }) => ({
    id: ctx.newId('cat'),
    source: category.source,
    class: category.class,
    major_code: category.majorCode,
    major_name: category.majorName,
    minor_code: category.minorCode,
    minor_name: category.minorName,
    active: category.active ? 1 : 0,
    note: category.note,
    ordinal,
    valid_from: ctx.at,
    valid_to: null,
  }));
  const wanted = [...createStandards, ...create.flatMap(({ category }, i) => category.standards.map((standard, ordinal) => ({ categoryId: categories[i]!.id as string, standard, ordinal })))];
  const standards = wanted.map(({ categoryId, standard, ordinal }) => ({
    id: ctx.newId('std'),
    category_id: categoryId,
    ordinal,
    filing_condition: standard.filingCondition,
    limit_value: standard.limitValue,
    limit_unit: standard.limitUnit,
    close_condition: standard.closeCondition,
    note: standard.note,
    valid_from: ctx.at,
    valid_to: null,
  }));
  for (let i = 0; i < categories.length; i += ROWS_PER_STATEMENT)
    await ctx.tx
      .insertInto('category')
      .values(categories.slice(i, i + ROWS_PER_STATEMENT))
      .execute();
  for (let i = 0; i < standards.length; i += ROWS_PER_STATEMENT)
    await ctx.tx
      .insertInto('filing_standard')
      .values(standards.slice(i, i + ROWS_PER_STATEMENT))
      .execute();
}
