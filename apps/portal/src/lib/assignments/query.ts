import { ASSIGNMENT_STATES, type AssignmentState } from '@baxing/campaigns';
import type { Inputs } from '#lib/api.ts';
import { idOf } from '#lib/ids.ts';
import { session } from '#lib/session.svelte.ts';
import type { AssignmentLine } from './types.ts';

/** The list's address ↔ what the server is asked. What the address says wrongly is left out. */

export const BOXES = ['todo', 'unit', 'action', 'all'] as const;
export type Box = (typeof BOXES)[number];

export interface AssignmentFilter {
  readonly box: Box;
  readonly action: string;
  readonly unit: string;
  readonly task: string;
  readonly states: readonly AssignmentState[];
  readonly late: boolean;
  readonly text: string;
}

/** The boxes of the present post, the first one its own: who carries work out, who runs an action, who looks on. */
export function boxesOfPost(): Box[] {
  const { verbs, post } = session.user;
  const sight = verbs['assignments.list'];
  const carries = verbs['assignments.accept'] !== undefined;
  const runs = verbs['assignments.verify'] !== undefined && post.actionCode !== null;
  return [...(carries || runs ? (['todo'] as const) : []), ...(carries ? (['unit'] as const) : []), ...(runs ? (['action'] as const) : []), ...(sight === 'all' || sight === 'area' ? (['all'] as const) : [])];
}

/** What waits for this post. */
export const todoStates = (): readonly AssignmentState[] => (session.user.verbs['assignments.verify'] === undefined ? ['assigned', 'accepted', 'sent_back'] : ['submitted', 'returned']);

export function filterOf(search: Pick<URLSearchParams, 'get' | 'getAll'>): AssignmentFilter {
  const get = (name: string): string => search.get(name) ?? '';
  const states = search.getAll('state');
  const boxes = boxesOfPost();
  return {
    box: boxes.find((box) => box === get('box')) ?? boxes.find((box) => box !== 'todo') ?? 'all',
    action: get('action'),
    unit: get('unit'),
    task: get('task'),
    states: ASSIGNMENT_STATES.filter((state) => states.includes(state)),
    late: get('late') === '1',
    text: get('text').slice(0, 50).trim(),
  };
}

/** The address without what is the rule. */
export const parametersOf = (filter: AssignmentFilter): Record<string, string | readonly string[]> => ({
  box: filter.box === (boxesOfPost().find((box) => box !== 'todo') ?? 'all') ? '' : filter.box,
  action: filter.action,
  unit: filter.unit,
  task: filter.task,
  state: filter.states,
  late: filter.late ? '1' : '',
  text: filter.text,
});

/** How many conditions narrow the list; the box is not one. */
export const conditionsOf = ({ action, unit, task, states, late, text }: AssignmentFilter): number => [action, unit, task, text].filter((value) => value !== '').length + Number(states.length > 0) + Number(late);

export function inputOf(filter: AssignmentFilter, campaignId: string): Omit<Inputs['assignments']['list'], 'limit' | 'cursor'> {
  const { post } = session.user;
  const unit = filter.unit !== '' ? filter.unit : filter.box === 'unit' || (filter.box === 'todo' && session.user.verbs['assignments.accept'] !== undefined) ? post.unitId : '';
  const action = filter.action !== '' ? filter.action : filter.box === 'action' || (filter.box === 'todo' && session.user.verbs['assignments.verify'] !== undefined) ? (post.actionCode ?? '') : '';
  const states = filter.states.length > 0 ? filter.states : filter.box === 'todo' ? todoStates() : [];
  return {
    campaignId: idOf('cmp', campaignId),
    ...(unit ? { unitId: idOf('unt', unit) } : {}),
    ...(action ? { actionCode: action } : {}),
    ...(filter.task ? { taskId: idOf('tsk', filter.task) } : {}),
    ...(states.length > 0 ? { states: [...states] } : {}),
    ...(filter.late ? { late: true } : {}),
  };
}

/** The words that are looked for stand in what a row shows. */
export const holdsText = (row: AssignmentLine, text: string): boolean => text === '' || [row.what, row.unit.name, row.note, row.reason, String(row.taskNo)].some((words) => words.includes(text));
