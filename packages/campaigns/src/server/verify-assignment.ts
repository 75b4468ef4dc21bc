import { defineCommand } from '@baxing/db';
import { type Result, ok, refuse } from '@baxing/kernel';
import { verifyAssignmentSchema } from '../schemas.ts';
import { accessAssignment } from './access.ts';
import { type MovedAssignment, movedAnswer, saveAssignment } from './save.ts';
import { clearWorkTimers, flagsOwedAgain } from './time-limits.ts';

/**
 * 核查 by the task force: the whole reported number, or a part of it; then the rest is taken off the report and sent back.
 * @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, SEPARATION, CONFLICT; VALIDATION {field: acceptedSteps, rule: RANGE, from, to} · {field: note, rule: NEEDED}
 */
export const verifyAssignment = defineCommand({
  name: 'assignments.verify',
  input: verifyAssignmentSchema,
  async run(ctx, input): Promise<Result<MovedAssignment>> {
    const whole = await accessAssignment(ctx, input, 'verify');
    if (!whole.ok) return whole;
    const { assignment } = whole.value;
    const accepted = input.acceptedSteps ?? assignment.reported_steps;
    if (accepted < assignment.verified_steps || accepted > assignment.reported_steps)
      return refuse('VALIDATION', { field: 'acceptedSteps', rule: 'RANGE', from: assignment.verified_steps, to: assignment.reported_steps });
    if (accepted === assignment.reported_steps) {
      clearWorkTimers(ctx, assignment.id);
      const saved = await saveAssignment(ctx, assignment, whole.value.transition, { verified_steps: accepted, verified_at: ctx.at }, { acceptedSteps: accepted, note: input.note });
      return saved.ok ? ok(movedAnswer(saved.value)) : saved;
    }
    if (input.note === '') return refuse('VALIDATION', { field: 'note', rule: 'NEEDED' });
    const part = await accessAssignment(ctx, input, 'verifyPart');
    if (!part.ok) return part;
    const saved = await saveAssignment(
      ctx,
      assignment,
      part.value.transition,
      { verified_steps: accepted, reported_steps: accepted, reason: input.note, round: assignment.round + 1, ...(await flagsOwedAgain(ctx, assignment)) },
      { acceptedSteps: accepted, sentBackSteps: assignment.reported_steps - accepted, note: input.note },
    );
    return saved.ok ? ok(movedAnswer(saved.value)) : saved;
  },
});
