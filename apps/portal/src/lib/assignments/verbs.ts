import { ASSIGNMENT_VERBS, assignmentPhaseOf, type AssignmentState, type AssignmentVerb } from '@baxing/campaigns';
import type { Action } from '@baxing/ui';
import { m } from '#lib/paraglide/messages.js';

/** The verbs of an assignment in words and keys: one key per verb, the same on the list and on its page. */
const WORDS: Readonly<Record<AssignmentVerb, () => string>> = {
  accept: m.assign_verb_accept,
  return: m.assign_verb_return,
  report: m.assign_verb_report,
  submit: m.assign_verb_submit,
  verify: m.assign_verb_verify,
  rework: m.assign_verb_rework,
  reassign: m.assign_verb_reassign,
};
export const assignmentVerbLabel = (verb: AssignmentVerb): string => WORDS[verb]();

const KEYS: Readonly<Record<AssignmentVerb, string>> = { accept: 'q', return: 'r', report: 'p', submit: 's', verify: 'v', rework: 'w', reassign: 'g' };
export const verbOfKey = (key: string): AssignmentVerb | undefined => ASSIGNMENT_VERBS.find((verb) => KEYS[verb] === key);
export const keyOfVerb = (verb: AssignmentVerb): string => KEYS[verb];

/** The verb that moves the work on: the filled button. */
const NEXT: Readonly<Record<AssignmentState, AssignmentVerb | null>> = {
  assigned: 'accept',
  accepted: 'report',
  sent_back: 'report',
  submitted: 'verify',
  verified: null,
  returned: 'reassign',
  reassigned: null,
  cancelled: null,
};

/** As a row shows them: what moves the work on first, giving it back last. */
export const inOrder = (state: AssignmentState, verbs: readonly AssignmentVerb[]): AssignmentVerb[] => {
  const rank = (verb: AssignmentVerb): number => (verb === NEXT[state] ? 0 : verb === 'return' ? 2 : 1);
  return verbs.toSorted((a, b) => rank(a) - rank(b));
};

/** Of an assignment that has ended only what may still be done is drawn. */
export function actionsOf(state: AssignmentState): Action[] {
  const next = NEXT[state];
  if (next === null && assignmentPhaseOf(state) !== 'done') return [];
  const order = next === null ? ASSIGNMENT_VERBS : [next, ...ASSIGNMENT_VERBS.filter((verb) => verb !== next)];
  return order.map((verb) => ({ verb, label: WORDS[verb](), kind: verb === next ? 'primary' : 'plain', hotkey: KEYS[verb] }));
}
