import { TICKET_VERBS, type TicketState, type TicketVerb } from '@baxing/tickets';
import type { Action } from '@baxing/ui';
import type { Outputs } from '#lib/api.ts';
import { ticketVerbLabel } from '#lib/labels.ts';

/** What the screens need of one ticket to act on it. */
export interface TicketRef {
  readonly id: string;
  readonly no: string;
  readonly version: number;
  readonly state: TicketState;
  readonly unitId: string | null;
  readonly workerPostId: string | null;
  readonly gridId: string | null;
  readonly longitude: number;
  readonly latitude: number;
  readonly verbs: readonly TicketVerb[];
}
export type TicketLine = Outputs['tickets']['list']['rows'][number];

/** One key per verb, the same on the list and on the ticket's page. */
export const VERB_KEYS: Readonly<Record<TicketVerb, string>> = { dispatch: 'd', assign: 'a', accept: 'q', return: 'r', submit: 's', verify: 'v', rework: 'w', close: 'c' };
export const verbOfKey = (key: string): TicketVerb | undefined => TICKET_VERBS.find((verb) => VERB_KEYS[verb] === key);

/** Verbs that many tickets can go through at once. */
export const BULK_VERBS: readonly TicketVerb[] = ['dispatch', 'assign', 'accept', 'verify', 'close'];

/** The verb that moves the work on comes first and is the filled button. */
const NEXT: Readonly<Record<TicketState, TicketVerb | null>> = {
  pending_dispatch: 'dispatch',
  returned: 'dispatch',
  dispatched: 'accept',
  handling: 'submit',
  submitted: 'verify',
  verified: 'close',
  closed: null,
};

export function actionsOf(state: TicketState): Action[] {
  const next = NEXT[state];
  const order = next === null ? TICKET_VERBS : [next, ...TICKET_VERBS.filter((verb) => verb !== next)];
  return order.map((verb) => ({ verb, label: ticketVerbLabel(verb), kind: verb === next ? 'primary' : 'plain', hotkey: VERB_KEYS[verb] }));
}

/** True while a person types or a dialog is open: single keys are not verbs then. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const { target } = event;
  if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) return true;
  return document.querySelector('[role="dialog"], dialog[open], [role="menu"]') !== null;
}
