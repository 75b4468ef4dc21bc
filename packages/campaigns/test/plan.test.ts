import { readFileSync } from 'node:fs';
import { formatDay, startOfDay } from '@baxing/kernel';
import { describe, expect, it } from 'vitest';
import {
  addMend,
  ASSIGNMENT_TRANSITIONS,
  campaignPolicySchema,
  decideAssignment,
  endOfDay,
  examinePlan,
  FINDINGS_MAX,
  gapsOf,
  groupOf,
  lightOf,
  makeRegister,
  movedAssignment,
  movedTask,
  NAMES_MAX,
  nameSimilarity,
  parseDeadline,
  parseQuantity,
  type PlanCell,
  PLAN_COLUMNS,
  type PlanRow,
  readPlanTable,
  splitTarget,
  splitUnits,
  stateTables,
  suffixKind,
} from '../src/index.ts';
import { SYSTEM_ACTOR, toSteps } from '@baxing/kernel';

const START = startOfDay(19_674); // 2023-11-13
const dayIn = (cell: PlanCell): string => {
  const found = parseDeadline(cell, START);
  return 'day' in found ? formatDay(found.day) : Object.keys(found)[0]!;
};

describe('deadlines', () => {
  it.each([
    ['2023-12-31', '2023-12-31'],
    ['2023年12月20日', '2023-12-20'],
    ['2023/12/25', '2023-12-25'],
    ['2023.1.5', '2023-01-05'],
    ['20231225', '2023-12-25'],
    ['2023年12月31日前', '2023-12-31'],
    ['２０２３年１２月２０日', '2023-12-20'],
    [{ date: '2024-02-29' }, '2024-02-29'],
    [45_291, '2023-12-31'],
    ['45291', '2023-12-31'],
    ['12月31日', '2023-12-31'],
    ['1月31日前', '2024-01-31'],
    ['2024年2月底', '2024-02-29'],
    ['12月底', '2023-12-31'],
    ['长期坚持', 'standing'],
    [null, 'empty'],
    ['尽快', 'unreadable'],
    ['2023-02-30', 'unreadable'],
    [12, 'unreadable'],
    [true, 'unreadable'],
  ] as const)('%j is %s', (cell, expected) => expect(dayIn(cell)).toBe(expected));

  it('ends with the civil day', () => expect(endOfDay(19_722)).toBe(Date.UTC(2023, 11, 31, 16)));
});

describe('quantities', () => {
  it.each([
    [90, '个', { steps: 90, measure: '个' }],
    [38_744.6, '公斤', { steps: 38_744_600, measure: '公斤' }],
    ['38,744.6', '公斤', { steps: 38_744_600, measure: '公斤' }],
    ['45处', null, { steps: 45, measure: '处' }],
    ['45 处', '处', { steps: 45, measure: '处' }],
    [null, '个', { steps: null, measure: '个' }],
    ['约90', '个', { problem: 'NUMBER_UNREADABLE' }],
    ['45处', '个', { problem: 'NUMBER_UNREADABLE' }],
    [1.5, '个', { problem: 'NUMBER_TOO_FINE' }],
    [-3, '个', { problem: 'NUMBER_UNREADABLE' }],
    [3, 'constructor', { steps: 3, measure: 'constructor' }],
  ] as const)('%j %j', (cell, measure, expected) => expect(parseQuantity(cell, measure)).toEqual(expected));

  it('makes no steps of a scale that is none', () => expect(toSteps(1, { name: '', scale: Number.NaN })).toBeNull());
});

describe('a campaign’s policy', () => {
  it.each([
    [{ value: 4, unit: 'work_hour' }, true],
    [{ value: 2000, unit: 'work_minute' }, true],
    [{ value: 1000, unit: 'work_day' }, true],
    [{ value: 1001, unit: 'work_day' }, false],
    [{ value: 0.5, unit: 'natural_day' }, false],
    [{ value: 0.0001, unit: 'work_hour' }, false],
    [{ value: 0, unit: 'work_hour' }, false],
  ])('%j is a limit for accepting: %s', (accept, is) => expect(campaignPolicySchema.safeParse({ accept: { ...accept, calendar: 'lhasa' }, warnDays: 2 }).success).toBe(is));
});

describe('names', () => {
  it('separates the units of one cell', () =>
    expect(splitUnits('城南大队、扎细派出所,城关分局；市信访局\n市总工会/团市委')).toEqual(['城南大队', '扎细派出所', '城关分局', '市信访局', '市总工会', '团市委']));
  it('does not liken two streets by what every street is called', () => expect(nameSimilarity('塔玛街道办事处', '纳金街道办事处')).toBe(0));
  it('likens what is nearly the same', () => expect(nameSimilarity('嘎玛贡桑街道', '嘎玛贡桑街道办事处')).toBe(1));
  it('likens a name with one sign missing', () => expect(nameSimilarity('市城市管理局', '城市管理局')).toBeGreaterThan(0.8));
  it('keeps sorts of bodies apart', () => expect(nameSimilarity('城关区委组织部', '城关区政府')).toBe(0));
  it('reads the kind from the ending', () => expect([suffixKind('塔玛街道办事处'), suffixKind('某某社区'), suffixKind('城南大队')]).toEqual(['street_office', null, 'brigade']));
});

describe('splitting a target', () => {
  it('splits equally, the first ones take the rest', () =>
    expect(
      splitTarget(
        80,
        'equal',
        Array.from({ length: 12 }, () => ({})),
      ),
    ).toEqual({ ok: true, value: [7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 6] }));
  it('splits by weight', () => expect(splitTarget(45, 'weight', [{ weight: 2 }, { weight: 1 }])).toEqual({ ok: true, value: [30, 15] }));
  it('takes parts by hand that sum', () => expect(splitTarget(45, 'hand', [{ targetSteps: 25 }, { targetSteps: 20 }])).toEqual({ ok: true, value: [25, 20] }));
  it('refuses parts that do not', () =>
    expect(splitTarget(45, 'hand', [{ targetSteps: 25 }, { targetSteps: 25 }])).toMatchObject({ ok: false, refusal: { details: { rule: 'SUM', totalSteps: 45, givenSteps: 50 } } }));
  it('refuses a missing part or weight', () => {
    expect(splitTarget(45, 'hand', [{ targetSteps: 45 }, {}])).toMatchObject({ ok: false, refusal: { details: { rule: 'PART', index: 1 } } });
    expect(splitTarget(45, 'weight', [{ weight: 1 }, {}])).toMatchObject({ ok: false, refusal: { details: { rule: 'WEIGHT' } } });
  });
});

describe('states', () => {
  it('are printed in the docs as they are', () => expect(readFileSync(new URL('../../../docs/campaigns.md', import.meta.url), 'utf8')).toContain(stateTables()));
  it('refuse what the table does not hold', () => {
    expect(movedTask('draft', 'assign')).toMatchObject({ ok: false, refusal: { code: 'WRONG_STATE', details: { from: ['published'] } } });
    expect(movedAssignment('verified', 'rework')).toMatchObject({ ok: false, refusal: { code: 'WRONG_STATE' } });
  });
  it('hold each verb once per state', () => {
    const pairs = ASSIGNMENT_TRANSITIONS.flatMap(({ verb, from }) => from.map((state) => `${verb} ${state}`));
    expect(new Set(pairs).size).toBe(pairs.length);
  });
  it('keep the checker apart from the work', () => {
    const facts = { state: 'submitted', unitId: 'unt_a', postId: null, workers: ['acc_worker'] } as const;
    const by = (accountId: `acc_${string}`, unitId: `unt_${string}`) => decideAssignment(facts, 'verify', { ...SYSTEM_ACTOR, accountId, unitId }, { reachesBeyondUnit: true });
    expect(by('acc_worker', 'unt_b')).toMatchObject({ ok: false, refusal: { code: 'SEPARATION', details: { rule: 'person' } } });
    expect(by('acc_other', 'unt_a')).toMatchObject({ ok: false, refusal: { code: 'SEPARATION', details: { rule: 'unit' } } });
    expect(by('acc_other', 'unt_b')).toMatchObject({ ok: true, value: { to: 'verified' } });
  });
});

describe('gaps and lights', () => {
  const whole = { leadUnitId: 'unt_a', responsibleUnits: 1, targetSteps: 1, measure: '个', acceptanceStandard: '整洁', deadlineAt: 1, standing: false };
  it('names each column that is empty', () => {
    expect(gapsOf(whole)).toEqual([]);
    expect(gapsOf({ ...whole, deadlineAt: null, standing: true })).toEqual([]);
    expect(
      gapsOf({ leadUnitId: null, responsibleUnits: 0, targetSteps: null, measure: '', acceptanceStandard: '', deadlineAt: null, standing: false }).map(({ code, column }) => `${code} ${column}`),
    ).toEqual(['no_owner lead', 'no_owner responsible', 'no_deadline deadline', 'no_number target', 'no_standard standard']);
  });
  it('is red before yellow before green', () =>
    expect([lightOf({ held: 3, late: 1, warned: 1 }), lightOf({ held: 3, late: 0, warned: 1 }), lightOf({ held: 3, late: 0, warned: 0 }), lightOf({ held: 0, late: 0, warned: 0 })]).toEqual([
      'red',
      'yellow',
      'green',
      'none',
    ]));
});

const units = [
  { id: 'unt_1', name: '市城市管理局', shortName: '市城管局', kind: 'department' },
  { id: 'unt_2', name: '扎细街道办事处', shortName: '扎细街道', kind: 'street_office' },
  { id: 'unt_3', name: '纳金街道办事处', shortName: '纳金街道', kind: 'street_office' },
] as const;
const register = makeRegister(units, (kind) => (kind === 'street_office' ? ['unt_2', 'unt_3'] : []));
const context = { register, actions: [{ code: 'market', name: '规范市场整治' }], startsAt: START };
const rowOf = (cells: Partial<PlanRow['cells']>, sheetRow = 3): PlanRow => ({
  sheetRow,
  cells: {
    ...(Object.fromEntries(PLAN_COLUMNS.map((column) => [column, null])) as PlanRow['cells']),
    no: 1,
    action: '规范市场整治',
    what: '整治',
    target: 1,
    measure: '处',
    standard: '整洁',
    lead: '市城管局',
    responsible: '扎细街道',
    deadline: '2023-12-31',
    ...cells,
  },
});
const codes = (cells: Partial<PlanRow['cells']>): string[] => examinePlan([rowOf(cells)], [], context).findings.map(({ severity, column, code }) => `${severity} ${column} ${code}`);

describe('examining a plan', () => {
  it('finds nothing wrong with a whole row', () => expect(codes({})).toEqual([]));
  it.each([
    [{ responsible: '扎细街道办事处、各街道办事处' }, ['warning responsible NAMED_TWICE']],
    [{ responsible: '扎细街道、扎细街道办事处' }, ['warning responsible NAMED_TWICE']],
    [{ responsible: '各派出所' }, ['error responsible GROUP_EMPTY']],
    [{ responsible: '各产权单位' }, ['error responsible UNIT_NOT_NAMED']],
    [{ cooperating: '各产权单位' }, []],
    [{ lead: '某某局' }, ['error lead UNIT_UNKNOWN']],
    [{ lead: '市城管局、扎细街道' }, ['error lead LEAD_SEVERAL']],
    [{ lead: null }, ['warning lead NO_OWNER']],
    [{ responsible: null }, ['warning responsible NO_OWNER']],
    [{ action: '规范市场' }, ['error action ACTION_UNKNOWN']],
    [{ what: null }, ['error what TEXT_MISSING']],
    [{ what: '长'.repeat(201) }, ['error what TEXT_TOO_LONG']],
    [{ target: '若干' }, ['error target NUMBER_UNREADABLE']],
    [{ standard: null }, ['warning standard NO_STANDARD']],
    [{ deadline: '2023-11-01' }, ['warning deadline DATE_BEFORE_START']],
    [{ no: null }, ['error no ROW_NUMBER']],
  ] as const)('%j', (cells, expected) => expect(codes(cells)).toEqual(expected));

  describe('of any size', () => {
    const han = (n: number): string => String.fromCharCode(0x4e00 + n);
    /** As many different names that nobody bears, from `from` on. */
    const names = (count: number, from: number): string => Array.from({ length: count }, (_, i) => `${han((from + i) % 5000)}${han(5000 + Math.floor((from + i) / 5000))}局`).join('、');

    it('counts all findings and shows so many, errors first', () => {
      const rows = Array.from({ length: 20 }, (_, i) => rowOf({ no: i + 1, cooperating: names(40, i * 40), responsible: i === 19 ? '某某局' : '扎细街道' }, i + 3));
      const { findings, errors, warnings } = examinePlan(rows, [], context);
      expect({ shown: findings.length, errors, warnings }).toEqual({ shown: FINDINGS_MAX, errors: 1, warnings: 800 });
      expect(findings.at(-1)).toMatchObject({ severity: 'error', value: '某某局' });
    });
    it('does not read a cell that names too many', () => {
      expect(codes({ cooperating: names(NAMES_MAX, 0) })).toHaveLength(NAMES_MAX);
      expect(examinePlan([rowOf({ cooperating: names(NAMES_MAX + 1, 0) })], [], context).findings).toMatchObject([{ severity: 'error', column: 'cooperating', code: 'TEXT_TOO_LONG', params: { max: 60, length: 61 } }]);
    });
    it('searches among the units once for a name, and for no text that is too long to be one', () => {
      let asked = 0;
      const watched = [{ id: 'unt_1', shortName: '', kind: 'department', get name() { asked += 1; return '市城市管理局'; } }] as const;
      const own = makeRegister(watched, () => []);
      expect(own.propose('城市管理局')).toEqual([{ unitId: 'unt_1', name: '市城市管理局', similarity: 0.89 }]);
      const after = asked;
      expect(own.propose('城市管理局')).toHaveLength(1);
      expect(asked).toBe(after);
      expect(makeRegister([{ id: 'unt_1', name: '长'.repeat(81), shortName: '', kind: 'department' }], () => []).propose('长'.repeat(81))).toEqual([]);
    });
    it('reads the fullest plan in a blink', () => {
      const many = Array.from({ length: 300 }, (_, i) => ({ id: `unt_${i}`, name: `${han(i)}${han(i + 1)}${han(i + 2)}局`, shortName: `${han(i)}${han(i + 1)}局`, kind: 'department' as const }));
      const full = Array.from({ length: 2000 }, (_, i) => rowOf({ no: i + 1, responsible: names(60, i * 120), cooperating: names(60, i * 120 + 60) }, i + 3));
      const began = process.threadCpuUsage();
      const { findings } = examinePlan(full, [], { ...context, register: makeRegister(many, () => []) });
      // 0.1 s on a free machine; searching for every name took minutes.
      expect(process.threadCpuUsage(began).user).toBeLessThan(2_000_000);
      expect(findings).toHaveLength(FINDINGS_MAX);
    });
  });

  it('takes names that every object has for names', () => {
    expect(groupOf('constructor')).toBeNull();
    expect(codes({ responsible: 'constructor', measure: 'constructor' })).toEqual(['error responsible UNIT_UNKNOWN']);
  });
  it('counts a group once', () => expect(codes({ responsible: '各街道、各街道办事处' })).toEqual(['warning responsible NAMED_TWICE']));
  it('counts a unit once that is also in the group', () => {
    const { tasks } = examinePlan([rowOf({ responsible: '纳金街道、各街道办事处' })], [], context);
    expect(tasks[0]!.responsible).toEqual([{ text: '各街道办事处', unitId: null, groupKind: 'street_office', create: null }]);
  });
  it('names a number that comes twice', () =>
    expect(examinePlan([rowOf({}, 3), rowOf({}, 4)], [], context).findings).toMatchObject([{ row: 1, sheetRow: 4, code: 'ROW_NUMBER_REPEATED', params: { firstSheetRow: 3 } }]));
  it('applies what a person decided, and forgets it with another content of the cell', () => {
    const rows = [rowOf({ responsible: '塔玛街道办事处' })];
    const chosen = addMend([], { sheetRow: 3, column: 'responsible', name: '塔玛街道办事处', unitId: 'unt_3' });
    expect(examinePlan(rows, chosen, context)).toMatchObject({ findings: [], tasks: [{ responsible: [{ unitId: 'unt_3' }] }] });
    const rewritten = addMend(chosen, { sheetRow: 3, column: 'responsible', value: '塔玛街道办事处' });
    expect(examinePlan(rows, rewritten, context).findings).toMatchObject([{ code: 'UNIT_UNKNOWN', proposals: [], choices: ['unit', 'create_unit', 'leave_open'] }]);
  });
});

describe('the table in a workbook', () => {
  const sheet = (rows: PlanCell[][]) => [{ name: '表', rows }];
  it('finds the header below a title and leaves empty rows out', () => {
    const read = readPlanTable(
      sheet([
        ['标题'],
        ['序号', '行动', '重点任务（干什么）', '牵头单位', '责任单位 (谁来干)', '完成时限'],
        [1, '甲', '乙', '丙', '丁', '2023-12-31'],
        [null, '甲', null],
        [2, '甲', '乙', '丙', '丁', null],
      ]),
    );
    expect(read).toMatchObject({ ok: true, value: { rows: [{ sheetRow: 3, cells: { no: 1, what: '乙', responsible: '丁', target: null } }, { sheetRow: 5 }] } });
  });
  it('says which headings are missing', () =>
    expect(readPlanTable(sheet([['行动', '重点任务', '牵头单位']]))).toMatchObject({
      ok: false,
      refusal: { code: 'VALIDATION', details: { rule: 'HEADER_MISSING', columns: ['责任单位', '完成时限'] } },
    }));
});
