import type { UnitKind } from '@baxing/jurisdictions';
import { endOfDay, parseDeadline } from './deadlines.ts';
import { type GroupKind, groupOfKey } from './groups.ts';
import { indexMends, type MendIndex, mendedRow, type StoredMend } from './mends.ts';
import { keyOfName, suffixKind } from './names.ts';
import { parseQuantity } from './quantities.ts';
import type { PlanRegister } from './register.ts';
import { type PlanColumn, type PlanRow, splitUnits, textOf } from './rows.ts';

/** Reads every row of a plan against the register and names what is wrong with it, cell by cell. Pure: run again after each mend. */

export type FindingColumn = PlanColumn;
/**
 * Errors keep the plan from being committed; warnings are kept as they are and told.
 * UNIT_UNKNOWN and UNIT_AMBIGUOUS are errors for lead and responsible units, warnings for cooperating ones. NO_… are the plan's gaps: they keep it from being published.
 */
export type FindingCode =
  | 'UNIT_UNKNOWN'
  | 'UNIT_AMBIGUOUS'
  | 'UNIT_NOT_NAMED'
  | 'LEAD_SEVERAL'
  | 'NAMED_TWICE'
  | 'GROUP_EMPTY'
  | 'ACTION_UNKNOWN'
  | 'ROW_NUMBER'
  | 'ROW_NUMBER_REPEATED'
  | 'TEXT_MISSING'
  | 'TEXT_TOO_LONG'
  | 'NUMBER_UNREADABLE'
  | 'NUMBER_TOO_FINE'
  | 'DATE_UNREADABLE'
  | 'DATE_BEFORE_START'
  | 'ROW_NUMBER_TAKEN'
  | 'TASK_ASSIGNED'
  | 'BELOW_ALLOTTED'
  | 'GAP_IN_PUBLISHED'
  | 'NO_OWNER'
  | 'NO_DEADLINE'
  | 'NO_NUMBER'
  | 'NO_STANDARD';

export interface Proposal {
  readonly unitId: string | null;
  readonly name: string;
  readonly similarity: number;
}

export interface Finding {
  /** The plan's own number of the row (序号); null when it has none that can be read. */
  readonly row: number | null;
  /** The row as the spreadsheet counts it, from 1. */
  readonly sheetRow: number;
  readonly column: FindingColumn;
  readonly severity: 'error' | 'warning';
  readonly code: FindingCode;
  /** The cell's text, or the one name in it that is meant. */
  readonly value: string;
  readonly proposals: readonly Proposal[];
  /** Ways to mend it besides writing another value. */
  readonly choices: readonly ('unit' | 'create_unit' | 'leave_open')[];
  readonly params: Readonly<Record<string, unknown>>;
}

export interface PlannedUnit {
  readonly text: string;
  readonly unitId: string | null;
  readonly groupKind: Exclude<GroupKind, 'text'> | null;
  /** Not in the register yet; made when the plan is committed. */
  readonly create: UnitKind | null;
}

export interface PlannedTask {
  readonly sheetRow: number;
  readonly no: number;
  readonly actionCode: string;
  readonly what: string;
  readonly how: string;
  readonly targetSteps: number | null;
  readonly measure: string;
  readonly acceptanceStandard: string;
  readonly deadlineAt: number | null;
  readonly standing: boolean;
  readonly lead: PlannedUnit | null;
  readonly responsible: readonly PlannedUnit[];
  readonly cooperating: readonly PlannedUnit[];
  readonly postTitle: string;
  readonly note: string;
}

export interface PlanContext {
  readonly register: PlanRegister;
  readonly actions: readonly { readonly code: string; readonly name: string }[];
  /** The campaign's first instant. */
  readonly startsAt: number;
}

export interface ExaminedPlan {
  /** Rows without an error in number, action or 干什么; complete only when no finding is an error. */
  readonly tasks: readonly PlannedTask[];
  /** At most `FINDINGS_MAX`, errors before warnings, in the order of the rows. */
  readonly findings: readonly Finding[];
  /** All there are. */
  readonly errors: number;
  readonly warnings: number;
}

export const FINDINGS_MAX = 500;
/** Units named in one cell, and in all cells of a plan; a cell with more, or that comes after so many, is not read. */
export const NAMES_MAX = 60;
export const PLAN_NAMES_MAX = 20_000;

/** Counts every finding and keeps those that are shown; what a finding proposes is only searched for when it is kept. */
export class FindingList {
  readonly #kept: Readonly<Record<Finding['severity'], { nth: number; finding: Finding }[]>> = { error: [], warning: [] };
  readonly #total: Record<Finding['severity'], number> = { error: 0, warning: 0 };

  add(severity: Finding['severity'], make: () => Finding): void {
    this.#total[severity] += 1;
    if (this.#kept[severity].length < FINDINGS_MAX) this.#kept[severity].push({ nth: this.#total.error + this.#total.warning, finding: make() });
  }

  done(propose: (name: string) => readonly Proposal[]): Pick<ExaminedPlan, 'findings' | 'errors' | 'warnings'> {
    const shown = [...this.#kept.error, ...this.#kept.warning].slice(0, FINDINGS_MAX).sort((a, b) => a.finding.sheetRow - b.finding.sheetRow || a.nth - b.nth);
    return {
      findings: shown.map(({ finding }) => (finding.code === 'UNIT_UNKNOWN' ? { ...finding, proposals: propose(finding.value) } : finding)),
      errors: this.#total.error,
      warnings: this.#total.warning,
    };
  }
}

const TEXT_MAX: Readonly<Partial<Record<PlanColumn, number>>> = { what: 200, how: 1000, measure: 20, standard: 1000, postTitle: 60, note: 500 };
const NO_MAX = 100_000;

interface Reading extends PlanContext {
  readonly mends: MendIndex;
  /** Names read so far. */
  names: number;
}

type Find = (column: FindingColumn, severity: Finding['severity'], code: FindingCode, value: string, more?: () => Partial<Pick<Finding, 'proposals' | 'choices' | 'params'>>) => void;

export function examinePlan(rows: readonly PlanRow[], mends: readonly StoredMend[], context: PlanContext): ExaminedPlan {
  const findings = new FindingList();
  const { tasks } = readPlan(rows, mends, context, findings);
  return { tasks, ...findings.done(context.register.propose) };
}

/** `examinePlan` for who adds findings of his own; `rows` with mends applied. */
export function readPlan(originals: readonly PlanRow[], stored: readonly StoredMend[], context: PlanContext, findings: FindingList): { rows: PlanRow[]; tasks: PlannedTask[] } {
  const reading: Reading = { ...context, mends: indexMends(stored), names: 0 };
  const rows = originals.map((row) => mendedRow(row, reading.mends));
  const tasks: PlannedTask[] = [];
  const seen = new Map<number, number>();
  for (const row of rows) {
    const no = readNumber(row);
    const find: Find = (column, severity, code, value, more) =>
      findings.add(severity, () => ({ row: no, sheetRow: row.sheetRow, column, severity, code, value: value.slice(0, 200), proposals: [], choices: [], params: {}, ...more?.() }));
    const task = examineRow(row, no, reading, find);
    if (no === null) find('no', 'error', 'ROW_NUMBER', textOf(row.cells.no));
    else if (seen.has(no)) find('no', 'error', 'ROW_NUMBER_REPEATED', String(no), () => ({ params: { firstSheetRow: seen.get(no) } }));
    else {
      seen.set(no, row.sheetRow);
      if (task) tasks.push(task);
    }
  }
  return { rows, tasks };
}

function readNumber(row: PlanRow): number | null {
  const text = textOf(row.cells.no).normalize('NFKC');
  const no = /^\d{1,6}(?:\.0+)?$/.test(text) ? Number(text) : 0;
  return no >= 1 && no <= NO_MAX ? no : null;
}

function examineRow(row: PlanRow, no: number | null, reading: Reading, find: Find): PlannedTask | null {
  const { cells } = row;
  const text = (column: PlanColumn): string => {
    const value = textOf(cells[column]);
    const max = TEXT_MAX[column] ?? 0;
    if (value.length > max) find(column, 'error', 'TEXT_TOO_LONG', value, () => ({ params: { max, length: value.length } }));
    return value;
  };
  const action = readAction(textOf(cells.action), reading, find);
  const what = text('what');
  if (what === '') find('what', 'error', 'TEXT_MISSING', '');
  const how = text('how');
  const quantity = readQuantity(row, find);
  const acceptanceStandard = text('standard');
  if (acceptanceStandard === '') find('standard', 'warning', 'NO_STANDARD', '');
  const deadline = readDeadline(row, reading, find);
  const lead = readLead(row, reading, find);
  const leadUnitId = lead?.unitId ?? null;
  const responsible = readUnits(row, 'responsible', reading, leadUnitId, find);
  const cooperating = readUnits(row, 'cooperating', reading, leadUnitId, find);
  const [postTitle, note] = [text('postTitle'), text('note')];
  if (no === null || action === null || what === '') return null;
  return { sheetRow: row.sheetRow, no, actionCode: action, what, how, ...quantity, acceptanceStandard, ...deadline, lead, responsible, cooperating, postTitle, note };
}

function readAction(name: string, { actions }: PlanContext, find: Find): string | null {
  const key = keyOfName(name);
  const action = actions.find((candidate) => keyOfName(candidate.name) === key);
  if (action) return action.code;
  find('action', 'error', 'ACTION_UNKNOWN', name, () => ({ params: { actions: actions.map((candidate) => candidate.name) } }));
  return null;
}

function readQuantity(row: PlanRow, find: Find): { targetSteps: number | null; measure: string } {
  const quantity = parseQuantity(row.cells.target, row.cells.measure);
  const measure = textOf(row.cells.measure);
  if ('problem' in quantity) {
    find('target', 'error', quantity.problem, textOf(row.cells.target), () => ({ params: { measure } }));
    return { targetSteps: null, measure };
  }
  if (quantity.measure.length > TEXT_MAX.measure!) find('measure', 'error', 'TEXT_TOO_LONG', quantity.measure, () => ({ params: { max: TEXT_MAX.measure } }));
  if (quantity.steps === null) find('target', 'warning', 'NO_NUMBER', '');
  else if (quantity.measure === '') find('measure', 'warning', 'NO_NUMBER', '');
  return { targetSteps: quantity.steps, measure: quantity.measure };
}

function readDeadline(row: PlanRow, { startsAt }: PlanContext, find: Find): { deadlineAt: number | null; standing: boolean } {
  const deadline = parseDeadline(row.cells.deadline, startsAt);
  const value = textOf(row.cells.deadline);
  if ('standing' in deadline) return { deadlineAt: null, standing: true };
  if ('unreadable' in deadline) find('deadline', 'error', 'DATE_UNREADABLE', value);
  if ('empty' in deadline) find('deadline', 'warning', 'NO_DEADLINE', '');
  if (!('day' in deadline)) return { deadlineAt: null, standing: false };
  const deadlineAt = endOfDay(deadline.day);
  if (deadlineAt <= startsAt) find('deadline', 'warning', 'DATE_BEFORE_START', value);
  return { deadlineAt, standing: false };
}

type UnitColumn = 'lead' | 'responsible' | 'cooperating';

interface CellName {
  readonly name: string;
  readonly key: string;
}

/** None of a cell that names too many. */
function readNames(row: PlanRow, column: UnitColumn, reading: Reading, find: Find): CellName[] {
  const names = splitUnits(row.cells[column]);
  const max = Math.min(NAMES_MAX, PLAN_NAMES_MAX - reading.names);
  if (names.length > max) {
    find(column, 'error', 'TEXT_TOO_LONG', textOf(row.cells[column]), () => ({ params: { max, length: names.length, of: 'names' } }));
    return [];
  }
  if (names.length === 0 && column !== 'cooperating') find(column, 'warning', 'NO_OWNER', '', () => ({ choices: ['unit'] }));
  reading.names += names.length;
  return names.map((name) => ({ name, key: keyOfName(name) }));
}

function readLead(row: PlanRow, reading: Reading, find: Find): PlannedUnit | null {
  const names = readNames(row, 'lead', reading, find);
  const first = names[0];
  if (!first) return null;
  if (names.length > 1) {
    const all = names.map(({ name }) => name);
    find('lead', 'error', 'LEAD_SEVERAL', all.join('、'), () => ({ params: { names: all } }));
  }
  if (groupOfKey(first.key) !== null) {
    find('lead', 'error', 'UNIT_NOT_NAMED', first.name, () => ({ choices: ['unit'] }));
    return null;
  }
  return readUnit(row.sheetRow, 'lead', first, reading, find);
}

/** A unit counts once, however often it is named and whether or not a group word beside it means it too. */
function readUnits(row: PlanRow, column: 'responsible' | 'cooperating', reading: Reading, leadUnitId: string | null, find: Find): PlannedUnit[] {
  const units: PlannedUnit[] = [];
  const known = new Set<string>();
  const names = readNames(row, column, reading, find);
  const inGroups = new Map<string, string>();
  for (const { name, key } of names) {
    const kind = groupOfKey(key);
    if (kind === null || reading.mends.named(row.sheetRow, column, key)) continue;
    if (kind === 'text') {
      if (column === 'responsible') find(column, 'error', 'UNIT_NOT_NAMED', name, () => ({ choices: ['unit', 'leave_open'] }));
      units.push({ text: name, unitId: null, groupKind: null, create: null });
      continue;
    }
    const same = units.find(({ groupKind }) => groupKind === kind);
    if (same) {
      find(column, 'warning', 'NAMED_TWICE', name, () => ({ params: { group: same.text } }));
      continue;
    }
    const members = reading.register.group(kind, leadUnitId);
    if (members.length === 0) find(column, column === 'responsible' ? 'error' : 'warning', 'GROUP_EMPTY', name, () => ({ choices: ['unit', 'leave_open'], params: { kind } }));
    for (const member of members) inGroups.set(member, name);
    units.push({ text: name, unitId: null, groupKind: kind, create: null });
  }
  for (const named of names) {
    if (groupOfKey(named.key) !== null && !reading.mends.named(row.sheetRow, column, named.key)) continue;
    const unit = readUnit(row.sheetRow, column, named, reading, find);
    const party = unit.unitId ?? named.key;
    const group = unit.unitId === null ? undefined : inGroups.get(unit.unitId);
    if (known.has(party) || group !== undefined) {
      find(column, 'warning', 'NAMED_TWICE', named.name, () => ({ params: group === undefined ? {} : { group } }));
      continue;
    }
    known.add(party);
    units.push(unit);
  }
  return units;
}

function readUnit(sheetRow: number, column: UnitColumn, { name, key }: CellName, { register, mends }: Reading, find: Find): PlannedUnit {
  const mend = mends.named(sheetRow, column, key);
  const plain: PlannedUnit = { text: name, unitId: null, groupKind: null, create: null };
  if (mend) {
    if ('unitId' in mend) return { ...plain, text: register.unit(mend.unitId)?.name ?? name, unitId: mend.unitId };
    // Made meanwhile by another import or by the register itself: then it is simply that unit.
    const made = register.named(name);
    if (mend.choice === 'create_unit') return made.length === 1 ? { ...plain, unitId: made[0]!.id } : { ...plain, create: mend.kind };
    return plain;
  }
  const found = register.named(name);
  if (found.length === 1) return { ...plain, unitId: found[0]!.id };
  const severity = column === 'cooperating' ? 'warning' : 'error';
  if (found.length > 1) {
    find(column, severity, 'UNIT_AMBIGUOUS', name, () => ({ proposals: found.map((unit) => ({ unitId: unit.id, name: unit.name, similarity: 1 })), choices: ['unit', 'leave_open'] }));
  } else {
    find(column, severity, 'UNIT_UNKNOWN', name, () => ({ choices: ['unit', 'create_unit', 'leave_open'], params: { kind: suffixKind(name) } }));
  }
  return plain;
}
