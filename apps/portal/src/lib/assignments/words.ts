import { formatDate } from '@baxing/ui/format';
import { ASSIGNMENT_STATES } from '@baxing/campaigns';
import { m } from '#lib/paraglide/messages.js';
import { assignmentStateLabel, lastDay } from '#lib/plan/words.ts';
import { type AnyRefusal, refusalText } from '#lib/refusals.ts';

/** Why giving a task out, or a verb of an assignment, was refused. */
const RULES: Readonly<Record<string, (() => string) | undefined>> = {
  UNIT: m.assign_refused_UNIT,
  POST: m.assign_refused_POST,
  ROLE: m.assign_refused_ROLE,
  TWICE: m.assign_refused_TWICE,
  WEIGHT: m.assign_refused_WEIGHT,
  PART: m.assign_refused_PART,
  SUM: m.assign_refused_SUM,
  REMAINING: m.assign_refused_REMAINING,
  PAST: m.assign_refused_PAST,
  ZERO: m.assign_refused_ZERO,
  STEPS: m.assign_refused_STEPS,
  NOTE: m.assign_refused_NOTE,
  BELOW_VERIFIED: m.assign_refused_BELOW_VERIFIED,
  TOO_LARGE: m.assign_refused_TOO_LARGE,
  RANGE: m.assign_refused_RANGE,
  NEEDED: m.assign_refused_NEEDED,
};
const PARTIES: Readonly<Record<string, (() => string) | undefined>> = { assignee: m.assign_refused_assignee, issuer: m.assign_refused_issuer, checker: m.assign_refused_issuer };
const SEPARATIONS: Readonly<Record<string, (() => string) | undefined>> = { person: m.assign_refused_person, unit: m.assign_refused_unit };

export function assignRefusalText(refusal: AnyRefusal, unitName: (unitId: string) => string = () => ''): string {
  const { code, details } = refusal;
  if (code === 'ALREADY_EXISTS') {
    const unit = unitName(String(details['unitId'] ?? ''));
    return unit ? m.assign_refused_holds({ unit }) : m.assign_refused_holds_plain();
  }
  if (code === 'VALIDATION' && details['rule'] === 'AFTER_TASK') return m.assign_refused_AFTER_TASK({ date: formatDate(lastDay(Number(details['deadlineAt']))) });
  if (code === 'VALIDATION') return RULES[String(details['rule'])]?.() ?? refusalText(refusal);
  if (code === 'EVIDENCE_MISSING' && details['rule'] === 'NO_NUMBER') return m.assign_refused_NO_NUMBER();
  if (code === 'WRONG_STATE') {
    const state = ASSIGNMENT_STATES.find((one) => one === details['state']);
    return state ? m.assign_refused_state({ state: assignmentStateLabel(state) }) : refusalText(refusal);
  }
  if (code === 'FORBIDDEN') return PARTIES[String(details['party'])]?.() ?? refusalText(refusal);
  if (code === 'SEPARATION') return SEPARATIONS[String(details['rule'])]?.() ?? refusalText(refusal);
  return refusalText(refusal);
}
