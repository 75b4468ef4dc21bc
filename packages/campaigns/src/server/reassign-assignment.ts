import { defineCommand } from '@baxing/db';
import { type Result, ok, refuse } from '@baxing/kernel';
import { reassignSchema } from '../schemas.ts';
import { isHolding, movedTask } from '../states.ts';
import { accessAssignment } from './access.ts';
import { concernsOf } from './concerns.ts';
import { chooseDeadline, distribute, findReceivers, holdersOf, holds, type MadeAssignment } from './distribute.ts';
import { placeCache } from '@baxing/jurisdictions/server';
import type { TaskRow } from './rows.ts';
import { type MovedAssignment, movedAnswer, release, saveTask } from './save.ts';

/**
 * Gives a returned assignment, or one that nobody accepts, to others; the new ones name the old. Parts sum to its number unless `totalSteps` says less.
 * @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT; ALREADY_EXISTS; VALIDATION as `tasks.assign`
 */
export const reassignAssignment = defineCommand({
  name: 'assignments.reassign',
  input: reassignSchema,
  async run(ctx, input): Promise<Result<{ old: MovedAssignment; assignments: readonly MadeAssignment[] }>> {
    const access = await accessAssignment(ctx, input, 'reassign');
    if (!access.ok) return access;
    const { assignment, transition } = access.value;
    const ended = await release(ctx, assignment, transition);
    if (!ended.ok) return ended;
    const task = (await ctx.tx.selectFrom('task').selectAll().where('id', '=', assignment.task_id).executeTakeFirstOrThrow()) as TaskRow;
    const open = movedTask(task.state, 'assign');
    if (!open.ok) return open;
    const receivers = await findReceivers(ctx, input.targets);
    if (!receivers.ok) return receivers;
    const holders = await holdersOf(ctx, task.id);
    const held = receivers.value.find((receiver) => holds(holders, receiver));
    if (held) return refuse('ALREADY_EXISTS', { unitId: held.unitId, postId: held.postId });
    const totalSteps = input.totalSteps ?? assignment.target_steps;
    const remainingSteps = (task.target_steps ?? 0) - task.allotted_steps;
    if (totalSteps > remainingSteps) return refuse('VALIDATION', { field: 'totalSteps', rule: 'REMAINING', remainingSteps, wasHolding: isHolding(assignment.state) });
    if (totalSteps === 0 && assignment.target_steps > 0) return refuse('VALIDATION', { field: 'targets', rule: 'REMAINING', remainingSteps });
    const deadline = chooseDeadline(ctx, task, input.deadlineAt);
    if (!deadline.ok) return deadline;
    const campaign = await ctx.tx.selectFrom('campaign').selectAll().where('id', '=', task.campaign_id).executeTakeFirstOrThrow();
    const made = await distribute(ctx, { task, campaign, receivers: receivers.value, totalSteps, split: input.split, deadlineAt: deadline.value, note: input.note, replacesId: assignment.id });
    if (!made.ok) return made;
    const concern = (await concernsOf(ctx.tx, ctx.cached(placeCache), ctx.at, [task])).get(task.id)!;
    const saved = await saveTask(
      ctx,
      task,
      concern,
      open.value,
      {},
      { replaces: assignment.id, assignments: made.value.map(({ assignmentId, unitId, targetSteps }) => ({ assignmentId, unitId, targetSteps })) },
      true,
    );
    return saved.ok ? ok({ old: movedAnswer(ended.value), assignments: made.value }) : saved;
  },
});
