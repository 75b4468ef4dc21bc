import { defineCommand } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Result, ok, refuse } from '@baxing/kernel';
import { assignTaskSchema, TARGETS_MAX } from '../schemas.ts';
import { accessTask } from './access.ts';
import { chooseDeadline, distribute, findReceivers, holdersOf, holds, type MadeAssignment } from './distribute.ts';
import { saveTask } from './save.ts';

export interface AssignedTask {
  readonly taskId: string;
  readonly version: number;
  readonly assignments: readonly MadeAssignment[];
  /** Units of the group that hold the task already. */
  readonly skipped: readonly string[];
  /** Not given to anyone yet. */
  readonly remainingSteps: number;
}

/**
 * Gives a published task to units or posts, each with its part of the number; parts sum to `totalSteps`, by default to all that is not given yet.
 * @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT; ALREADY_EXISTS {unitId} it holds the task;
 *   VALIDATION {field: targets, rule: UNIT | POST | ROLE | TWICE | WEIGHT | PART | SUM} · {field: targets, rule: REMAINING, remainingSteps} nothing would be given · {field: totalSteps, rule: REMAINING, remainingSteps} · {field: deadlineAt} · {field: group, rule: EMPTY}
 */
export const assignTask = defineCommand({
  name: 'tasks.assign',
  input: assignTaskSchema,
  async run(ctx, input): Promise<Result<AssignedTask>> {
    const access = await accessTask(ctx, input, 'assign');
    if (!access.ok) return access;
    const { task, concern, transition } = access.value;
    const places = ctx.cached(placeCache);
    const holders = await holdersOf(ctx, task.id);
    const named = new Set<string>(input.targets.flatMap(({ unitId }) => unitId ?? []));
    const group = input.group === undefined ? [] : places.unitsOfKind(input.group.unitKind, input.group.withinAreaId, ctx.at).filter((unit) => !named.has(unit.id));
    if (input.group !== undefined && input.split === 'hand') return refuse('VALIDATION', { field: 'split', rule: 'GROUP_BY_HAND' });
    const receivers = await findReceivers(ctx, [...input.targets, ...group.map((unit) => ({ unitId: unit.id, weight: 1 }))]);
    if (!receivers.ok) return receivers;
    const held = receivers.value.filter((receiver) => holds(holders, receiver));
    const refused = held.find((receiver) => named.has(receiver.unitId) || receiver.postId !== null);
    if (refused) return refuse('ALREADY_EXISTS', { unitId: refused.unitId, postId: refused.postId });
    const free = receivers.value.filter((receiver) => !held.includes(receiver));
    if (free.length === 0) return refuse('VALIDATION', { field: 'group', rule: 'EMPTY', skipped: held.map(({ unitId }) => unitId) });
    if (free.length > TARGETS_MAX) return refuse('LIMIT_EXCEEDED', { field: 'targets', max: TARGETS_MAX });
    const remainingSteps = (task.target_steps ?? 0) - task.allotted_steps;
    const totalSteps = input.totalSteps ?? remainingSteps;
    if (totalSteps > remainingSteps) return refuse('VALIDATION', { field: 'totalSteps', rule: 'REMAINING', remainingSteps });
    // Only a task whose number is 0 is given out without a share.
    if (totalSteps === 0 && (task.target_steps ?? 0) > 0) return refuse('VALIDATION', { field: 'targets', rule: 'REMAINING', remainingSteps });
    const deadline = chooseDeadline(ctx, task, input.deadlineAt);
    if (!deadline.ok) return deadline;
    const campaign = await ctx.tx.selectFrom('campaign').selectAll().where('id', '=', task.campaign_id).executeTakeFirstOrThrow();
    const made = await distribute(ctx, { task, campaign, receivers: free, totalSteps, split: input.split, deadlineAt: deadline.value, note: input.note, replacesId: null });
    if (!made.ok) return made;
    const saved = await saveTask(ctx, task, concern, transition, {}, { assignments: made.value.map(({ assignmentId, unitId, targetSteps }) => ({ assignmentId, unitId, targetSteps })) }, true);
    if (!saved.ok) return saved;
    return ok({ taskId: task.id, version: saved.value.version, assignments: made.value, skipped: held.map(({ unitId }) => unitId), remainingSteps: remainingSteps - totalSteps });
  },
});
