import { type Actor, type Result, refuse } from '@baxing/kernel';
import { type AssignmentMove, type AssignmentState, type AssignmentTransition, movedAssignment } from './states.ts';

/** What the rules read of an assignment. */
export interface AssignmentFacts {
  readonly state: AssignmentState;
  readonly unitId: string;
  readonly postId: string | null;
  /** Accounts that reported or submitted: their work is what is checked. */
  readonly workers: readonly string[];
}

export interface AssignmentRules {
  /** The policy's scope for this verb reaches beyond the actor's own unit and posts (all, action). */
  readonly reachesBeyondUnit: boolean;
}

/**
 * May this actor move this assignment now? Who checks is never of the unit that did the work.
 * @refuses WRONG_STATE, FORBIDDEN {party}, SEPARATION {rule}
 */
export function decideAssignment(assignment: AssignmentFacts, move: AssignmentMove, actor: Actor, rules: AssignmentRules): Result<AssignmentTransition> {
  const row = movedAssignment(assignment.state, move);
  if (!row.ok) return row;
  const { by } = row.value;
  if (by === 'assignee') return assignment.postId === actor.postId || assignment.unitId === actor.unitId ? row : refuse('FORBIDDEN', { party: by });
  if (!rules.reachesBeyondUnit) return refuse('FORBIDDEN', { party: by });
  if (by === 'checker' && assignment.workers.includes(actor.accountId)) return refuse('SEPARATION', { rule: 'person' });
  if (by === 'checker' && assignment.unitId === actor.unitId) return refuse('SEPARATION', { rule: 'unit' });
  return row;
}
