import { stopClock } from '@baxing/clocks/server';
import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { acceptAssignmentSchema } from '../schemas.ts';
import { accessAssignment } from './access.ts';
import { type MovedAssignment, movedAnswer, saveAssignment } from './save.ts';
import { ACCEPT_CLOCK } from './time-limits.ts';

/** 签收. @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT */
export const acceptAssignment = defineCommand({
  name: 'assignments.accept',
  input: acceptAssignmentSchema,
  async run(ctx, input): Promise<Result<MovedAssignment>> {
    const access = await accessAssignment(ctx, input, 'accept');
    if (!access.ok) return access;
    const { assignment, transition } = access.value;
    const clock = await stopClock(ctx, assignment.id, ACCEPT_CLOCK, { at: ctx.at });
    const saved = await saveAssignment(ctx, assignment, transition, { accepted_at: ctx.at, accept_late: clock?.late ? 1 : assignment.accept_late, accept_warned: 0 });
    return saved.ok ? ok(movedAnswer(saved.value)) : saved;
  },
});
