import { defineCommand } from '@baxing/db';
import { QUANTITY_MAX, type Result, ok, refuse, toSteps, unitOfMeasure } from '@baxing/kernel';
import { reportAssignmentSchema } from '../schemas.ts';
import { accessAssignment } from './access.ts';
import { type MovedAssignment, movedAnswer, saveAssignment } from './save.ts';
import { checkFiles } from './task-fields.ts';

/**
 * Adds what was done since the last report, with its evidence. A negative number corrects an earlier one; what was verified stays.
 * @refuses NOT_FOUND {assignmentId | fileId}, FORBIDDEN, WRONG_STATE, CONFLICT; VALIDATION {field: value, rule: ZERO | STEPS | NOTE | BELOW_VERIFIED | TOO_LARGE}
 */
export const reportProgress = defineCommand({
  name: 'assignments.report',
  input: reportAssignmentSchema,
  async run(ctx, input): Promise<Result<MovedAssignment>> {
    const access = await accessAssignment(ctx, input, 'report');
    if (!access.ok) return access;
    const { assignment, transition } = access.value;
    const { measure } = await ctx.tx.selectFrom('task').select('measure').where('id', '=', assignment.task_id).executeTakeFirstOrThrow();
    const magnitude = toSteps(Math.abs(input.value), unitOfMeasure(measure));
    const wrong = (rule: string): ReturnType<typeof refuse> => refuse('VALIDATION', { field: 'value', rule, measure });
    if (magnitude === null) return wrong('STEPS');
    if (magnitude === 0) return wrong('ZERO');
    if (input.value < 0 && input.note === '') return wrong('NOTE');
    const steps = input.value < 0 ? -magnitude : magnitude;
    const reported = assignment.reported_steps + steps;
    if (reported < assignment.verified_steps) return wrong('BELOW_VERIFIED');
    if (reported > QUANTITY_MAX) return wrong('TOO_LARGE');
    const files = await checkFiles(ctx, input.fileIds);
    if (!files.ok) return files;
    const reportId = ctx.newId('rpt');
    await ctx.tx
      .insertInto('assignment_report')
      .values({
        id: reportId,
        assignment_id: assignment.id,
        steps,
        note: input.note,
        post_id: ctx.actor.postId,
        account_id: ctx.actor.accountId,
        round: assignment.round,
        at: ctx.at,
      })
      .execute();
    const fileIds = [...new Set(input.fileIds)];
    if (fileIds.length > 0)
      await ctx.tx
        .insertInto('assignment_report_file')
        .values(fileIds.map((file_id, ordinal) => ({ file_id, report_id: reportId, assignment_id: assignment.id, ordinal })))
        .execute();
    const saved = await saveAssignment(ctx, assignment, transition, { reported_steps: reported }, { reportId, steps, note: input.note, files: fileIds.length });
    return saved.ok ? ok(movedAnswer(saved.value)) : saved;
  },
});
