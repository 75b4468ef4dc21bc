import { TICKET_BOXES, TICKET_SORTS, TICKET_STATES, type TicketState } from '@baxing/tickets';
import type { Inputs } from '#lib/api.ts';
import { idOf } from '#lib/ids.ts';
import { paths, type TicketQuery } from '#lib/paths.ts';

/** The ticket list's address ↔ the filter that the server knows. What the address says wrongly is left out. */
export type Box = (typeof TICKET_BOXES)[number];
export type Sort = (typeof TICKET_SORTS)[number];

export interface TicketView {
  readonly box: Box;
  readonly sort: Sort;
  readonly states: readonly TicketState[];
  readonly late: boolean;
  readonly unit: string;
  readonly worker: string;
  readonly grid: string;
  readonly street: string;
  readonly category: string;
  readonly action: string;
  readonly task: string;
  readonly assignment: string;
  readonly text: string;
}

const one = <T extends string>(allowed: readonly T[], value: string | null, other: T): T => allowed.find((name) => name === value) ?? other;

export function viewOf(search: Pick<URLSearchParams, 'get' | 'getAll'>, defaultBox: Box): TicketView {
  const get = (key: string): string => search.get(key) ?? '';
  const states = search.getAll('state');
  return {
    box: one(TICKET_BOXES, search.get('box'), defaultBox),
    sort: one(TICKET_SORTS, search.get('sort'), 'newest'),
    states: TICKET_STATES.filter((state) => states.includes(state)),
    late: get('late') === '1',
    unit: get('unit'),
    worker: get('worker'),
    grid: get('grid'),
    street: get('street'),
    category: get('category'),
    action: get('action'),
    task: get('task'),
    assignment: get('assignment'),
    text: get('text').slice(0, 50),
  };
}

export const emptyView = (view: Pick<TicketView, 'box' | 'sort'>): TicketView => ({
  ...view,
  states: [],
  late: false,
  unit: '',
  worker: '',
  grid: '',
  street: '',
  category: '',
  action: '',
  task: '',
  assignment: '',
  text: '',
});

export function hrefOf(view: TicketView, defaultBox: Box, place: { cursor?: string | undefined; before?: number } = {}): string {
  const query: TicketQuery = {
    ...view,
    box: view.box === defaultBox ? '' : view.box,
    sort: view.sort === 'newest' ? '' : view.sort,
    state: view.states,
    late: view.late ? '1' : '',
    text: view.text.trim(),
    cursor: place.cursor ?? '',
    before: place.cursor && place.before ? String(place.before) : '',
  };
  return paths.desk.tickets(query);
}

type Filter = NonNullable<Inputs['tickets']['counts']['total']>;

/** What is not asked for is not sent. */
export function filterOf(view: TicketView): Filter {
  const text = view.text.trim();
  return {
    box: view.box,
    ...(view.states.length > 0 ? { states: [...view.states] } : {}),
    ...(view.late ? { late: true } : {}),
    ...(view.unit ? { unitId: idOf('unt', view.unit) } : {}),
    ...(view.worker ? { workerPostId: idOf('pst', view.worker) } : {}),
    ...(view.grid ? { gridId: idOf('jur', view.grid) } : {}),
    ...(view.street ? { streetId: idOf('jur', view.street) } : {}),
    ...(view.category ? { categoryId: idOf('cat', view.category) } : {}),
    ...(view.action ? { actionCode: view.action } : {}),
    ...(view.task ? { taskId: idOf('tsk', view.task) } : {}),
    ...(view.assignment ? { assignmentId: idOf('asg', view.assignment) } : {}),
    ...(text ? { text } : {}),
  };
}

/** How many conditions narrow the list; the box is not one. */
export const conditionsOf = (view: TicketView): number => Object.keys(filterOf(view)).length - 1;
