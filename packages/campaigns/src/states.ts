import { type Refusal, type Result, ok, refuse } from '@baxing/kernel';

/**
 * The lives of tasks and assignments as two tables. Commands, buttons, lists and the table in the docs read them; nothing else compares states.
 */
export const TASK_STATES = ['draft', 'published', 'cancelled'] as const;
export type TaskState = (typeof TASK_STATES)[number];
export const TASK_VERBS = ['update', 'publish', 'assign', 'cancel'] as const;
export type TaskVerb = (typeof TASK_VERBS)[number];

export interface TaskTransition {
  readonly verb: TaskVerb;
  readonly from: readonly TaskState[];
  readonly to: TaskState;
  /** Event recorded: `task.<event>`. */
  readonly event: string;
}

export const TASK_TRANSITIONS: readonly TaskTransition[] = [
  { verb: 'update', from: ['draft'], to: 'draft', event: 'updated' },
  { verb: 'update', from: ['published'], to: 'published', event: 'updated' },
  { verb: 'publish', from: ['draft', 'published'], to: 'published', event: 'published' },
  { verb: 'assign', from: ['published'], to: 'published', event: 'assigned' },
  { verb: 'cancel', from: ['draft', 'published'], to: 'cancelled', event: 'cancelled' },
];

/** Draft: only who writes the plan sees it. Announced: everyone concerned. */
export type TaskPhase = 'draft' | 'announced' | 'ended';
const TASK_PHASES: Readonly<Record<TaskState, TaskPhase>> = { draft: 'draft', published: 'announced', cancelled: 'ended' };
export const taskPhaseOf = (state: TaskState): TaskPhase => TASK_PHASES[state];
export const taskStatesOf = (...phases: readonly TaskPhase[]): TaskState[] => TASK_STATES.filter((state) => phases.includes(TASK_PHASES[state]));

export const ASSIGNMENT_STATES = ['assigned', 'accepted', 'submitted', 'sent_back', 'verified', 'returned', 'reassigned', 'cancelled'] as const;
export type AssignmentState = (typeof ASSIGNMENT_STATES)[number];
export const ASSIGNMENT_VERBS = ['accept', 'return', 'report', 'submit', 'verify', 'rework', 'reassign'] as const;
export type AssignmentVerb = (typeof ASSIGNMENT_VERBS)[number];
/** What the table knows beyond the verbs that people have: verifying only a part, and the end of the task. */
export type AssignmentMove = AssignmentVerb | 'verifyPart' | 'cancel';

/** Who a move belongs to, beyond what the policy gives the role: the unit or post that holds the assignment, whoever runs the action, or he but only over the work of others. */
export type AssignmentParty = 'assignee' | 'issuer' | 'checker';

export interface AssignmentTransition {
  readonly verb: AssignmentMove;
  readonly from: readonly AssignmentState[];
  readonly to: AssignmentState;
  readonly by: AssignmentParty;
  /** Event recorded: `assignment.<event>`. */
  readonly event: string;
}

export const ASSIGNMENT_TRANSITIONS: readonly AssignmentTransition[] = [
  { verb: 'accept', from: ['assigned'], to: 'accepted', by: 'assignee', event: 'accepted' },
  { verb: 'return', from: ['assigned', 'accepted'], to: 'returned', by: 'assignee', event: 'returned' },
  { verb: 'report', from: ['accepted'], to: 'accepted', by: 'assignee', event: 'reported' },
  { verb: 'report', from: ['sent_back'], to: 'sent_back', by: 'assignee', event: 'reported' },
  { verb: 'submit', from: ['accepted', 'sent_back'], to: 'submitted', by: 'assignee', event: 'submitted' },
  { verb: 'verify', from: ['submitted'], to: 'verified', by: 'checker', event: 'verified' },
  { verb: 'verifyPart', from: ['submitted'], to: 'sent_back', by: 'checker', event: 'partlyVerified' },
  { verb: 'rework', from: ['submitted'], to: 'sent_back', by: 'checker', event: 'sentBack' },
  { verb: 'reassign', from: ['assigned', 'returned'], to: 'reassigned', by: 'issuer', event: 'reassigned' },
  { verb: 'cancel', from: ['assigned', 'accepted', 'submitted', 'sent_back', 'returned'], to: 'cancelled', by: 'issuer', event: 'cancelled' },
];

/** Coarse stages for boards: waiting to be accepted, at work, being checked, done, back at the task force, ended without result. */
export const ASSIGNMENT_PHASES = ['waiting', 'working', 'checking', 'done', 'back', 'ended'] as const;
export type AssignmentPhase = (typeof ASSIGNMENT_PHASES)[number];
const PHASE_OF: Readonly<Record<AssignmentState, AssignmentPhase>> = {
  assigned: 'waiting',
  accepted: 'working',
  sent_back: 'working',
  submitted: 'checking',
  verified: 'done',
  returned: 'back',
  reassigned: 'ended',
  cancelled: 'ended',
};
export const assignmentPhaseOf = (state: AssignmentState): AssignmentPhase => PHASE_OF[state];
export const assignmentStatesOf = (...phases: readonly AssignmentPhase[]): AssignmentState[] => ASSIGNMENT_STATES.filter((state) => phases.includes(PHASE_OF[state]));
/** Holds its share of the task's target. */
export const isHolding = (state: AssignmentState): boolean => ['waiting', 'working', 'checking', 'done'].includes(PHASE_OF[state]);
/** Checked and not enough: the assignee goes on with what is missing. */
export const isSentBack = (state: AssignmentState): boolean => state === 'sent_back';
/** Taken from its holder and given to another. */
export const isReassigned = (state: AssignmentState): boolean => state === 'reassigned';
/** The assignee still owes something. */
export const isOwed = (state: AssignmentState): boolean => ['waiting', 'working'].includes(PHASE_OF[state]);

/** @refuses WRONG_STATE {state, verb, from} */
export function movedTask(state: TaskState, verb: TaskVerb): Result<TaskTransition> {
  const rows = TASK_TRANSITIONS.filter((row) => row.verb === verb);
  const row = rows.find(({ from }) => from.includes(state));
  return row ? ok(row) : refuse('WRONG_STATE', { state, verb, from: rows.flatMap(({ from }) => from) });
}

/** @refuses WRONG_STATE {state, verb, from} */
export function movedAssignment(state: AssignmentState, verb: AssignmentMove): Result<AssignmentTransition> {
  const rows = ASSIGNMENT_TRANSITIONS.filter((row) => row.verb === verb);
  const row = rows.find(({ from }) => from.includes(state));
  return row ? ok(row) : refuse('WRONG_STATE', { state, verb, from: rows.flatMap(({ from }) => from) });
}

export type AssignmentMay = Record<AssignmentVerb, true | Refusal>;

/** Both tables as Markdown, for docs/campaigns.md; a test keeps the page equal to it. */
export function stateTables(): string {
  const rows = (table: readonly { verb: string; from: readonly string[]; to: string; event: string; by?: string }[], noun: string): string[] =>
    table.map(({ verb, from, to, event, by }) => `| ${noun} | ${verb} | ${from.join(', ')} | ${to} | ${by ?? '—'} | ${noun}.${event} |`);
  return ['| noun | verb | from | to | by | event |', '|---|---|---|---|---|---|', ...rows(TASK_TRANSITIONS, 'task'), ...rows(ASSIGNMENT_TRANSITIONS, 'assignment')].join('\n');
}
