import { type Refusal, type Result, ok, refuse } from '@baxing/kernel';

/**
 * The life of a ticket as one table. Everything that asks "may this happen now?" reads it: commands, buttons, lists, the phone, the diagram in the docs.
 * A new state or verb is a row here (docs/how-to/add-a-verb.md).
 */
export const TICKET_STATES = ['pending_dispatch', 'returned', 'dispatched', 'handling', 'submitted', 'verified', 'closed'] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** Coarse stages for boards and for readers who may not know more. */
export type TicketPhase = 'filed' | 'dispatched' | 'handling' | 'checking' | 'closed';

const PHASES: Readonly<Record<TicketState, TicketPhase>> = {
  pending_dispatch: 'filed',
  returned: 'filed',
  dispatched: 'dispatched',
  handling: 'handling',
  submitted: 'checking',
  verified: 'checking',
  closed: 'closed',
};

export const phaseOf = (state: TicketState): TicketPhase => PHASES[state];
export const isOpen = (state: TicketState): boolean => PHASES[state] !== 'closed';
export const statesOf = (...phases: readonly TicketPhase[]): TicketState[] => TICKET_STATES.filter((state) => phases.includes(PHASES[state]));
export const OPEN_STATES: readonly TicketState[] = TICKET_STATES.filter(isOpen);

/** Who a verb belongs to, beyond what the policy gives the role. */
export type Party =
  /** The responsible unit's desk or the ticket's worker. */
  | 'handler'
  /** The responsible unit's desk. */
  | 'unit'
  /** Whoever the policy lets dispatch: its scope says where. */
  | 'dispatcher'
  /** Someone who handled no part of it. */
  | 'checker'
  /** Whoever the policy lets close: the check by someone else has passed by then. */
  | 'closer';

export interface Transition {
  readonly verb: TicketVerb;
  readonly from: readonly TicketState[];
  readonly to: TicketState;
  readonly by: Party;
  /** Event recorded: `ticket.<event>`. */
  readonly event: string;
}

export const TICKET_VERBS = ['dispatch', 'assign', 'accept', 'return', 'submit', 'verify', 'rework', 'close'] as const;
export type TicketVerb = (typeof TICKET_VERBS)[number];

export const TRANSITIONS: readonly Transition[] = [
  { verb: 'dispatch', from: ['pending_dispatch', 'returned'], to: 'dispatched', by: 'dispatcher', event: 'dispatched' },
  { verb: 'assign', from: ['dispatched', 'handling'], to: 'dispatched', by: 'unit', event: 'assigned' },
  { verb: 'accept', from: ['dispatched'], to: 'handling', by: 'handler', event: 'accepted' },
  { verb: 'return', from: ['dispatched', 'handling'], to: 'returned', by: 'handler', event: 'returned' },
  { verb: 'submit', from: ['handling'], to: 'submitted', by: 'handler', event: 'submitted' },
  { verb: 'verify', from: ['submitted'], to: 'verified', by: 'checker', event: 'verified' },
  { verb: 'rework', from: ['submitted', 'verified'], to: 'handling', by: 'checker', event: 'reworked' },
  { verb: 'close', from: ['verified'], to: 'closed', by: 'closer', event: 'closed' },
];

const BY_VERB = new Map(TRANSITIONS.map((row) => [row.verb, row]));

export const transitionOf = (verb: TicketVerb): Transition => BY_VERB.get(verb)!;

/** @refuses WRONG_STATE {state, verb, from} */
export function moved(state: TicketState, verb: TicketVerb): Result<Transition> {
  const row = transitionOf(verb);
  return row.from.includes(state) ? ok(row) : refuse('WRONG_STATE', { state, verb, from: row.from });
}

export type TicketMay = Record<TicketVerb, true | Refusal>;
