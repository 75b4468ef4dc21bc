import { defineCommand } from '@baxing/db';
import { type Result, ok, refuse } from '@baxing/kernel';
import { submitAssignmentSchema } from '../schemas.ts';
import { accessAssignment } from './access.ts';
import { type MovedAssignment, movedAnswer, saveAssignment } from './save.ts';
import { lateBy } from './time-limits.ts';

/** Hands the reported number in for verification; past its deadline it stays late. @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT; EVIDENCE_MISSING {rule: NO_NUMBER} nothing was reported since it was assigned or sent back */
export const submitAssignment = defineCommand({
  name: 'assignments.submit',
  input: submitAssignmentSchema,
  async run(ctx, input): Promise<Result<MovedAssignment>> {
    const access = await accessAssignment(ctx, input, 'submit');
    if (!access.ok) return access;
    const { assignment, transition } = access.value;
    if (assignment.target_steps > 0 && assignment.reported_steps <= assignment.verified_steps) return refuse('EVIDENCE_MISSING', { rule: 'NO_NUMBER' });
    const saved = await saveAssignment(ctx, assignment, transition, { submitted_at: ctx.at, submitted_by: ctx.actor.accountId, late: lateBy(assignment, ctx.at), warned: 0 }, { note: input.note });
    return saved.ok ? ok(movedAnswer(saved.value)) : saved;
  },
});
