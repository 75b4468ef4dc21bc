import { readFile } from 'node:fs/promises';
import { CategoryIndex, type CategoryInput, type ImportCategoriesInput, importCategoriesSchema, parseCategories } from '@baxing/tickets';
import { categoryCache, importCategories, listCategories, loadDefaultCategories, previewCategoryImport } from '@baxing/tickets/server';
import { policyCache } from '@baxing/identity/server';
import { type Database, execute } from '@baxing/db';
import { newCommandId, SYSTEM_ACTOR } from '@baxing/kernel';
import { describeEachDialect, TEST_START } from '@baxing/testing';
import { describe, expect, it } from 'vitest';

const HEADER = 'class,major_code,major_name,minor_code,minor_name,filing_condition,time_limit_value,time_limit_unit,close_condition,source';
const ROW = '事件,01,市容环境,10,暴露生活垃圾,垃圾未清,4,工作时,清理,运城-事件';

const refusalOf = (text: string): unknown => {
  const parsed = parseCategories(text);
  return parsed.ok ? null : parsed.refusal.details;
};

describe('the file format', () => {
  it('groups the standards of one 小类 and knows which lists are borrowed and which stay inactive', () => {
    const parsed = parseCategories(
      `\ufeff${HEADER}\r\n${ROW}\r\n事件,01,市容环境,10,暴露生活垃圾,济源的写法,1,工作日,清理,济源\r\n${ROW.replace('垃圾未清', '"积存, 成堆"').replace('4,工作时', '2,紧急工作日')}\r\n事件,01,甲,99,乙,丙,1,自然日,丁,别市\r\n`,
    );
    expect(
      parsed.ok &&
        parsed.value.categories.map(({ source, active, note, standards }) => ({ source, active, note, limits: standards.map((s) => `${s.filingCondition} ${s.limitValue} ${s.limitUnit}`) })),
    ).toEqual([
      { source: '运城-事件', active: true, note: '借用标准（非拉萨）', limits: ['垃圾未清 4 work_hour', '积存, 成堆 2 urgent_day'] },
      { source: '济源', active: false, note: '他市标准，未启用', limits: ['济源的写法 1 work_day'] },
      { source: '别市', active: false, note: '', limits: ['丙 1 natural_day'] },
    ]);
  });

  it.each([
    ['a unit that no standard uses', ROW.replace('工作时', '小时'), { line: 3, column: 'time_limit_unit', rule: 'UNIT', value: '小时' }],
    ['a limit of nothing', ROW.replace(',4,', ',0,'), { line: 3, column: 'time_limit_value', rule: 'LIMIT', value: '0' }],
    ['a limit that is no number', ROW.replace(',4,', ',四,'), { line: 3, column: 'time_limit_value', rule: 'LIMIT', value: '四' }],
    ['a code of one digit', ROW.replace(',10,', ',1,'), { line: 3, column: 'minor_code', rule: 'VALUE', value: '1' }],
    ['an unknown class', ROW.replace('事件,01', '服务,01'), { line: 3, column: 'class', rule: 'VALUE', value: '服务' }],
    ['an empty condition', ROW.replace('垃圾未清', ''), { line: 3, column: 'filing_condition', rule: 'VALUE', value: '' }],
    ['the same condition twice', ROW, { line: 3, column: 'filing_condition', rule: 'TWICE', value: '垃圾未清' }],
    ['another name under the same code', ROW.replace('暴露生活垃圾', '店面无证装修').replace('未清', ''), { line: 3, column: 'minor_name', rule: 'DIFFERS', value: '店面无证装修' }],
  ])('names row and column of %s', (_what, row, finding) => {
    expect(refusalOf(`${HEADER}\n${ROW}\n${row}\n`)).toMatchObject({ findings: [finding], total: 1 });
  });

  it('refuses a file without its columns, and one without rows', () => {
    expect(refusalOf('a,b\n1,2\n')).toMatchObject({ findings: expect.arrayContaining([{ line: 1, column: 'source', rule: 'COLUMN_MISSING', value: null }]) as unknown });
    expect(refusalOf(`${HEADER}\n`)).toMatchObject({ field: 'categories' });
  });

  it('reads every row of the packaged lists', async () => {
    const text = await readFile(new URL('../data/case_categories.csv', import.meta.url), 'utf8');
    const parsed = parseCategories(text);
    expect(parsed.ok && [parsed.value.categories.length, parsed.value.categories.flatMap((c) => c.standards).length]).toEqual([199, 508]);
  });
});

const run = async (db: Database, input: ImportCategoriesInput, at: number) => {
  const answer = await execute(
    db,
    importCategories,
    { commandId: newCommandId(at, (b) => crypto.getRandomValues(b)), actor: SYSTEM_ACTOR, at, requestId: 'test', origin: 'test' },
    importCategoriesSchema.parse(input),
  );
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  return answer.value;
};

const garbage = (over: Partial<CategoryInput> = {}): CategoryInput => ({
  source: '运城-事件',
  class: '事件',
  majorCode: '01',
  majorName: '市容环境',
  minorCode: '10',
  minorName: '暴露生活垃圾',
  active: true,
  note: '',
  standards: [{ filingCondition: '未清', limitValue: 4, limitUnit: 'work_hour', closeCondition: '清理', note: '' }],
  ...over,
});

describeEachDialect('categories.import', (open) => {
  const opened = async (): Promise<Database> => {
    const db = await open();
    await db.caches.load([policyCache, categoryCache]);
    return db;
  };

  it('loads the packaged lists once and answers from memory', async () => {
    const db = await opened();
    const defaults = await loadDefaultCategories();
    expect(await previewCategoryImport(db.read, defaults)).toMatchObject({ created: 200, standardsCreated: 509 });
    expect(await run(db, defaults, TEST_START)).toEqual({ created: 200, changed: 0, ended: 0, standardsCreated: 509, standardsEnded: 0, unchanged: 0 });
    expect(await run(db, defaults, TEST_START + 1000)).toEqual({ created: 0, changed: 0, ended: 0, standardsCreated: 0, standardsEnded: 0, unchanged: 200 });
    expect(await db.read.selectFrom('event').select('type').where('subject', '=', 'category').execute()).toHaveLength(1);

    const index = db.caches.get(categoryCache);
    const active = index.active(TEST_START);
    expect([...new Set(active.map((row) => row.source))].sort()).toEqual(['拉萨-本地', '运城-事件', '运城-部件']);
    expect(index.active(TEST_START - 1)).toEqual([]);
    const parking = index.byCode('拉萨-本地', '事件', '04', '09')!;
    expect(parking).toMatchObject({ minor_name: '机动车乱停放', active: 1 });
    expect(index.standardsOf(parking.id)).toMatchObject([{ limit_value: 2, limit_unit: 'work_hour', note: expect.stringContaining('示例') as string }]);
    expect(index.neighbours(parking.id).map((row) => row.minor_name)).toContain('非机动车乱停放');
    expect(index.neighbours(parking.id).every((row) => row.class === '事件' && row.major_code === '04')).toBe(true);
    const cover = index.byCode('运城-部件', '部件', '01', '01')!;
    expect(index.standardsOf(cover.id).map((s) => `${s.limit_value} ${s.limit_unit}`)).toEqual(['2 urgent_hour', '4 work_hour', '2 work_day', '5 work_day']);
    expect(index.standard(index.standardsOf(cover.id)[1]!.id)?.category_id).toBe(cover.id);
    expect(index.byCode('济源', '事件', '01', '10')?.active ?? 0).toBe(0);
  });

  it('lists by class, by two characters and by code; the inactive only when asked', async () => {
    const db = await opened();
    await run(db, await loadDefaultCategories(), TEST_START);
    const names = (input: Parameters<typeof listCategories>[2]): string[] => listCategories(db, SYSTEM_ACTOR, input).categories.map((category) => category.minorName);
    expect(names({ text: '乱停', activeOnly: true }).sort()).toEqual(['机动车乱停放', '非机动车乱停放'].sort());
    expect(names({ text: '04-09', class: '事件', activeOnly: true })).toEqual(['机动车乱停放']);
    expect(names({ activeOnly: true })).not.toHaveLength(0);
    expect(names({ activeOnly: false })).toHaveLength(200);
    expect(names({ class: '部件', activeOnly: true })).toHaveLength(listCategories(db, SYSTEM_ACTOR, { class: '部件', activeOnly: false }).categories.filter((c) => c.active).length);
  });

  it('dates every change and forgets nothing that a ticket may name', async () => {
    const db = await opened();
    await run(db, { categories: [garbage(), garbage({ minorCode: '11', minorName: '积存渣土' })] }, 1000);
    const before = db.caches.get(categoryCache);
    const old = before.byCode('运城-事件', '事件', '01', '10')!;
    const [oldStandard] = before.standardsOf(old.id);
    const gone = before.byCode('运城-事件', '事件', '01', '11')!;

    const shorter = garbage({
      note: '改',
      standards: [
        { filingCondition: '成堆', limitValue: 1, limitUnit: 'urgent_hour', closeCondition: '清理', note: '' },
        { ...garbage().standards[0]!, limitValue: 2 },
      ],
    });
    expect(await run(db, { categories: [shorter] }, 2000)).toEqual({ created: 0, changed: 1, ended: 1, standardsCreated: 2, standardsEnded: 2, unchanged: 0 });
    const after = db.caches.get(categoryCache);
    expect(after.category(old.id)).toMatchObject({ note: '改', valid_to: null });
    expect(after.standard(oldStandard!.id)).toMatchObject({ limit_value: 4, valid_from: 1000, valid_to: 2000 });
    expect(after.standardsOf(old.id).map((s) => s.limit_value)).toEqual([1, 2]);
    expect(after.standardsOf(old.id, 1500).map((s) => s.limit_value)).toEqual([4]);
    expect(after.category(gone.id)?.valid_to).toBe(2000);
    expect([after.active(1999).length, after.active(2000).length]).toEqual([2, 1]);
    expect(after.byCode('运城-事件', '事件', '01', '11')).toBeUndefined();

    await run(db, { categories: [garbage({ minorName: '改了意思' })] }, 3000);
    const renamed = db.caches.get(categoryCache);
    expect(renamed.category(old.id)?.valid_to).toBe(3000);
    expect(renamed.byCode('运城-事件', '事件', '01', '10')).toMatchObject({ minor_name: '改了意思', valid_from: 3000 });
  });

  it('leaves other sources alone, and refuses who may not import', async () => {
    const db = await opened();
    await run(db, { categories: [garbage(), garbage({ source: '济源', active: false })] }, 1000);
    await run(db, { categories: [garbage({ source: '济源', active: true })] }, 2000);
    expect(db.caches.get(categoryCache).active(2000)).toHaveLength(2);
    const outsider = { ...SYSTEM_ACTOR, system: undefined, role: 'grid_worker' } as unknown as typeof SYSTEM_ACTOR;
    const answer = await execute(
      db,
      importCategories,
      { commandId: newCommandId(1, (b) => crypto.getRandomValues(b)), actor: outsider, at: 3000, requestId: 't', origin: 't' },
      { categories: [garbage()] },
    );
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'FORBIDDEN' } });
  });
});

describe('CategoryIndex', () => {
  it('answers nothing for what it does not know', () => {
    const index = new CategoryIndex([], []);
    expect([index.category('cat_x'), index.standard('std_x'), index.standardsOf('cat_x'), index.neighbours('cat_x')]).toEqual([undefined, undefined, [], []]);
  });
});
