import { type AssignmentState, type Finding, type FindingCode, type Gap, type GapCode, type Light, type PlanColumn, TASK_STATES, type TaskState } from '@baxing/campaigns';
import { formatBytes, formatDate, formatNumber } from '@baxing/ui/format';
import { DAY_MS, fromSteps, unitOfMeasure } from '@baxing/kernel';
import type { Tone } from '#lib/labels.ts';
import { m } from '#lib/paraglide/messages.js';
import { type AnyRefusal, refusalText } from '#lib/refusals.ts';

/** Words of the plan: columns, findings, gaps, states, and why a workbook was not taken. */

const COLUMNS: Readonly<Record<PlanColumn, () => string>> = {
  no: m.plan_column_no,
  action: m.plan_column_action,
  what: m.plan_what,
  how: m.plan_how,
  target: m.plan_column_target,
  measure: m.plan_column_measure,
  standard: m.plan_column_standard,
  lead: m.plan_column_lead,
  responsible: m.plan_column_responsible,
  cooperating: m.plan_column_cooperating,
  deadline: m.plan_column_deadline,
  postTitle: m.plan_column_postTitle,
  note: m.plan_column_note,
};
export const columnLabel = (column: PlanColumn): string => COLUMNS[column]();

type Words = (finding: Finding) => string;
const value = ({ value }: Finding): string => value;
const param = ({ params }: Finding, name: string): string => String(params[name] ?? '');

const FINDINGS: Readonly<Record<FindingCode, Words>> = {
  UNIT_UNKNOWN: (finding) => m.plan_finding_UNIT_UNKNOWN({ value: value(finding) }),
  UNIT_AMBIGUOUS: (finding) => m.plan_finding_UNIT_AMBIGUOUS({ value: value(finding) }),
  UNIT_NOT_NAMED: (finding) => m.plan_finding_UNIT_NOT_NAMED({ value: value(finding) }),
  LEAD_SEVERAL: (finding) => m.plan_finding_LEAD_SEVERAL({ value: value(finding) }),
  NAMED_TWICE: (finding) =>
    param(finding, 'group') ? m.plan_finding_NAMED_TWICE_group({ value: value(finding), group: param(finding, 'group') }) : m.plan_finding_NAMED_TWICE({ value: value(finding) }),
  GROUP_EMPTY: (finding) => m.plan_finding_GROUP_EMPTY({ value: value(finding) }),
  ACTION_UNKNOWN: (finding) => m.plan_finding_ACTION_UNKNOWN({ value: value(finding) }),
  ROW_NUMBER: () => m.plan_finding_ROW_NUMBER(),
  ROW_NUMBER_REPEATED: (finding) => m.plan_finding_ROW_NUMBER_REPEATED({ value: value(finding), row: param(finding, 'firstSheetRow') }),
  TEXT_MISSING: () => m.plan_finding_TEXT_MISSING(),
  TEXT_TOO_LONG: (finding) => m.plan_finding_TEXT_TOO_LONG({ max: param(finding, 'max') }),
  NUMBER_UNREADABLE: (finding) => m.plan_finding_NUMBER_UNREADABLE({ value: value(finding) }),
  NUMBER_TOO_FINE: (finding) => m.plan_finding_NUMBER_TOO_FINE({ value: value(finding), measure: param(finding, 'measure') }),
  DATE_UNREADABLE: (finding) => m.plan_finding_DATE_UNREADABLE({ value: value(finding) }),
  DATE_BEFORE_START: (finding) => m.plan_finding_DATE_BEFORE_START({ value: value(finding) }),
  ROW_NUMBER_TAKEN: (finding) => m.plan_finding_ROW_NUMBER_TAKEN({ what: param(finding, 'what') }),
  TASK_ASSIGNED: () => m.plan_finding_TASK_ASSIGNED(),
  BELOW_ALLOTTED: (finding) => m.plan_finding_BELOW_ALLOTTED({ allotted: quantity(Number(finding.params['allottedSteps'] ?? 0), param(finding, 'measure')) }),
  GAP_IN_PUBLISHED: () => m.plan_finding_GAP_IN_PUBLISHED(),
  NO_OWNER: ({ column }) => (column === 'lead' ? m.plan_gap_no_lead() : m.plan_gap_no_responsible()),
  NO_DEADLINE: () => m.plan_gap_no_deadline(),
  NO_NUMBER: ({ column }) => (column === 'measure' ? m.plan_gap_no_measure() : m.plan_gap_no_number()),
  NO_STANDARD: () => m.plan_gap_no_standard(),
};
export const findingText = (finding: Finding): string => FINDINGS[finding.code](finding);

/** Gaps may be imported; they stop the publishing. */
const GAP_FINDINGS: ReadonlySet<FindingCode> = new Set<FindingCode>(['NO_OWNER', 'NO_DEADLINE', 'NO_NUMBER', 'NO_STANDARD']);
export const isGap = (finding: Finding): boolean => GAP_FINDINGS.has(finding.code);

const GAPS: Readonly<Record<GapCode, (column: Gap['column']) => string>> = {
  no_owner: (column) => (column === 'lead' ? m.plan_gap_no_lead() : m.plan_gap_no_responsible()),
  no_deadline: () => m.plan_gap_no_deadline(),
  no_number: (column) => (column === 'measure' ? m.plan_gap_no_measure() : m.plan_gap_no_number()),
  no_standard: () => m.plan_gap_no_standard(),
};
/** 缺时限 … as the cell and the list name it. */
export const gapLabel = ({ code, column }: Pick<Gap, 'code' | 'column'>): string => GAPS[code](column);

const STATES: Readonly<Record<TaskState, { label: () => string; tone: Tone }>> = {
  draft: { label: m.plan_task_state_draft, tone: 'waiting' },
  published: { label: m.plan_task_state_published, tone: 'active' },
  cancelled: { label: m.plan_task_state_cancelled, tone: 'plain' },
};
export const taskStateLabel = (state: TaskState): string => STATES[state].label();
export const taskStateTone = (state: TaskState): Tone => STATES[state].tone;

const ASSIGNMENT_STATES: Readonly<Record<AssignmentState, { label: () => string; tone: Tone }>> = {
  assigned: { label: m.plan_assignment_assigned, tone: 'waiting' },
  accepted: { label: m.plan_assignment_accepted, tone: 'active' },
  submitted: { label: m.plan_assignment_submitted, tone: 'active' },
  sent_back: { label: m.plan_assignment_sent_back, tone: 'soon' },
  verified: { label: m.plan_assignment_verified, tone: 'done' },
  returned: { label: m.plan_assignment_returned, tone: 'soon' },
  reassigned: { label: m.plan_assignment_reassigned, tone: 'plain' },
  cancelled: { label: m.plan_assignment_cancelled, tone: 'plain' },
};
export const assignmentStateLabel = (state: AssignmentState): string => ASSIGNMENT_STATES[state].label();
export const assignmentStateTone = (state: AssignmentState): Tone => ASSIGNMENT_STATES[state].tone;

const LIGHTS: Readonly<Record<Light, () => string>> = { red: m.domain_light_red, yellow: m.domain_light_yellow, green: m.domain_light_green, none: m.domain_light_none };
export const lightLabel = (light: Light): string => LIGHTS[light]();

/** 45 处, 38,744.6 公斤. */
export function quantity(steps: number, measure: string): string {
  const unit = unitOfMeasure(measure);
  return `${formatNumber(fromSteps(steps, unit), unit.scale)} ${measure}`.trim();
}

/** A deadline is the first instant that is late: the day before it is the last one in time. */
export const lastDay = (deadlineAt: number): number => deadlineAt - 1;
export const deadlineText = ({ deadlineAt, standing }: { readonly deadlineAt: number | null; readonly standing: boolean }): string =>
  standing ? m.plan_standing() : deadlineAt === null ? '' : formatDate(lastDay(deadlineAt));

/** A civil day as the input writes it ↔ the instant after it. */
export const deadlineOfDay = (startOfDay: number): number => startOfDay + DAY_MS;

const UNSAFE: Readonly<Record<string, (() => string) | undefined>> = {
  MACROS: m.plan_refused_MACROS,
  EXTERNAL_LINKS: m.plan_refused_EXTERNAL,
  EXTERNAL_DATA: m.plan_refused_EXTERNAL,
  EMBEDDED_OBJECTS: m.plan_refused_EMBEDDED,
  ENTITIES: m.plan_refused_ENTITIES,
  ENCRYPTED: m.plan_refused_ENCRYPTED,
  BROKEN_ZIP: m.plan_refused_BROKEN,
  BROKEN_WORKBOOK: m.plan_refused_BROKEN,
  REPEATED_PART: m.plan_refused_BROKEN,
  MERGED_RANGE: m.plan_refused_BROKEN,
  ENCODING: m.plan_refused_BROKEN,
};

const LIMITS: Readonly<Record<string, ((max: string) => string) | undefined>> = {
  FILE_BYTES: (max) => m.plan_refused_FILE_BYTES({ max: formatBytes(Number(max)) }),
  ROWS: (max) => m.plan_refused_ROWS({ max }),
  COLUMNS: (max) => m.plan_refused_COLUMNS({ max }),
  TEXT: (max) => m.plan_refused_TEXT({ max }),
  TIME: () => m.plan_refused_BOMB(),
  MEMORY: () => m.plan_refused_BOMB(),
  RATIO: () => m.plan_refused_BOMB(),
  INFLATED_BYTES: () => m.plan_refused_BOMB(),
  ENTRIES: () => m.plan_refused_BOMB(),
};

/** Why a workbook was not taken, or what else the server said. */
export function planRefusalText(refusal: AnyRefusal): string {
  const rule = String(refusal.details['rule'] ?? '');
  const max = String(refusal.details['max'] ?? '');
  if (refusal.code === 'UNSAFE_FILE') return UNSAFE[rule]?.() ?? m.plan_refused_UNSAFE();
  if (refusal.code === 'UNSUPPORTED_TYPE') return rule === 'ENCRYPTED_OR_XLS' ? m.plan_refused_ENCRYPTED_OR_XLS() : m.plan_refused_NOT_XLSX();
  if (refusal.code === 'LIMIT_EXCEEDED' && rule !== '') return LIMITS[rule]?.(max) ?? m.plan_refused_TOO_MUCH({ max });
  if (refusal.code === 'LIMIT_EXCEEDED') return m.plan_refused_FILE_BYTES({ max: '5 MB' });
  if (refusal.code === 'VALIDATION' && rule === 'HEADER_MISSING') return m.plan_refused_HEADER({ columns: Array.isArray(refusal.details['columns']) ? refusal.details['columns'].join('、') : '' });
  if (refusal.code === 'VALIDATION' && rule === 'NO_ROWS') return m.plan_refused_NO_ROWS();
  if (refusal.code === 'VALIDATION' && rule === 'TEXT_UNREADABLE') return m.plan_refused_TEXT_UNREADABLE();
  if (refusal.code === 'VALIDATION' && rule === 'STEPS') return m.plan_refused_STEPS({ measure: String(refusal.details['measure'] ?? '') });
  if (refusal.code === 'VALIDATION' && rule === 'BELOW_ALLOTTED') return m.plan_refused_BELOW_ALLOTTED();
  if (refusal.code === 'VALIDATION' && rule === 'ASSIGNED') return m.plan_refused_ASSIGNED();
  if (refusal.code === 'VALIDATION' && rule === 'TWICE') return m.plan_refused_TWICE();
  const state = TASK_STATES.find((one) => one === refusal.details['state']);
  if (refusal.code === 'WRONG_STATE' && state) return m.plan_refused_state({ state: taskStateLabel(state) });
  const cells = refusal.details['cells'];
  if (refusal.code === 'GAPS' && Array.isArray(cells))
    return m.plan_refused_GAPS({
      cells: (cells as readonly (Gap & { row: number })[])
        .slice(0, 5)
        .map((cell) => m.plan_gap_cell({ row: String(cell.row), gap: gapLabel(cell) }))
        .join('；'),
      count: String(refusal.details['total'] ?? cells.length),
    });
  return refusalText(refusal);
}
