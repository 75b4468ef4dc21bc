import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { returnAssignmentSchema } from '../schemas.ts';
import { accessAssignment } from './access.ts';
import { type MovedAssignment, movedAnswer, release } from './save.ts';

/** 回退: back to the task force with a reason; its number can be given out again. @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT */
export const returnAssignment = defineCommand({
  name: 'assignments.return',
  input: returnAssignmentSchema,
  async run(ctx, input): Promise<Result<MovedAssignment>> {
    const access = await accessAssignment(ctx, input, 'return');
    if (!access.ok) return access;
    const saved = await release(ctx, access.value.assignment, access.value.transition, { reason: input.reason }, { reason: input.reason });
    return saved.ok ? ok(movedAnswer(saved.value)) : saved;
  },
});
