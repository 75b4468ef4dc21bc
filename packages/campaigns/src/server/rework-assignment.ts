import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { reworkAssignmentSchema } from '../schemas.ts';
import { accessAssignment } from './access.ts';
import { type MovedAssignment, movedAnswer, saveAssignment } from './save.ts';
import { flagsOwedAgain } from './time-limits.ts';

/** Sends all that is not verified yet back with a reason; it has to be reported anew. Near its deadline it is warned of, past it late at once. @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, SEPARATION, CONFLICT */
export const reworkAssignment = defineCommand({
  name: 'assignments.rework',
  input: reworkAssignmentSchema,
  async run(ctx, input): Promise<Result<MovedAssignment>> {
    const access = await accessAssignment(ctx, input, 'rework');
    if (!access.ok) return access;
    const { assignment, transition } = access.value;
    const saved = await saveAssignment(
      ctx,
      assignment,
      transition,
      { reported_steps: assignment.verified_steps, reason: input.reason, round: assignment.round + 1, ...(await flagsOwedAgain(ctx, assignment)) },
      { reason: input.reason, sentBackSteps: assignment.reported_steps - assignment.verified_steps },
    );
    return saved.ok ? ok(movedAnswer(saved.value)) : saved;
  },
});
