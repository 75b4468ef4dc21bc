import { startClock } from '@baxing/clocks/server';
import type { CommandContext } from '@baxing/db';
import { scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Result, type Role, ok, refuse } from '@baxing/kernel';
import type { AssignTaskInput } from '../schemas.ts';
import { splitTarget } from '../split.ts';
import { type AssignmentState, assignmentStatesOf } from '../states.ts';
import { unitPath } from './register.ts';
import type { AssignmentRow, CampaignRow, TaskRow } from './rows.ts';
import { recordAssignment } from './save.ts';
import { ACCEPT_CLOCK, policyOf, setWorkTimers } from './time-limits.ts';

/** Making assignments of a task, for `tasks.assign` and `assignments.reassign` alike. */

const FIRST_STATE: AssignmentState = 'assigned';

export interface Receiver {
  readonly unitId: string;
  readonly postId: string | null;
  readonly areaPath: string;
  readonly targetSteps?: number | undefined;
  readonly weight?: number | undefined;
}

export interface MadeAssignment {
  readonly assignmentId: string;
  readonly unitId: string;
  readonly postId: string | null;
  readonly targetSteps: number;
  readonly deadlineAt: number | null;
  readonly acceptDueAt: number | null;
  readonly version: number;
}

const receiverKey = ({ unitId, postId }: { unitId: string; postId: string | null }): string => `${unitId} ${postId ?? ''}`;

/** @refuses VALIDATION {field: targets, index, rule: UNIT | POST | ROLE | TWICE} */
export async function findReceivers(ctx: CommandContext, targets: AssignTaskInput['targets']): Promise<Result<Receiver[]>> {
  const places = ctx.cached(placeCache);
  const receivers: Receiver[] = [];
  const seen = new Set<string>();
  for (const [index, target] of targets.entries()) {
    const found =
      target.postId === undefined
        ? ok(places.unit(target.unitId!, ctx.at) && { unitId: target.unitId!, postId: null, areaPath: unitPath(places, target.unitId!, ctx.at) })
        : await findPost(ctx, target.postId);
    if (!found.ok) return refuse('VALIDATION', { field: 'targets', index, ...found.refusal.details });
    if (!found.value) return refuse('VALIDATION', { field: 'targets', index, rule: 'UNIT', unitId: target.unitId });
    if (seen.has(receiverKey(found.value))) return refuse('VALIDATION', { field: 'targets', index, rule: 'TWICE' });
    seen.add(receiverKey(found.value));
    receivers.push({ ...found.value, targetSteps: target.targetSteps, weight: target.weight });
  }
  return ok(receivers);
}

/** A post that is valid now, of an account that may sign in, in a role that can accept work. */
async function findPost(ctx: CommandContext, postId: string): Promise<Result<Receiver>> {
  const post = await ctx.tx
    .selectFrom('post')
    .innerJoin('account', 'account.id', 'post.account_id')
    .select(['post.unit_id', 'post.area_id', 'post.role'])
    .where('post.id', '=', postId)
    .where('post.valid_from', '<=', ctx.at)
    .where((eb) => eb.or([eb('post.valid_to', 'is', null), eb('post.valid_to', '>', ctx.at)]))
    .where('account.disabled_at', 'is', null)
    .executeTakeFirst();
  if (!post) return refuse('VALIDATION', { rule: 'POST', postId });
  if (scopeOf(ctx.cached(policyCache).table, { role: post.role as Role }, 'assignments.accept') === null) return refuse('VALIDATION', { rule: 'ROLE', postId, role: post.role });
  const places = ctx.cached(placeCache);
  return ok({ unitId: post.unit_id, postId, areaPath: post.area_id === null ? unitPath(places, post.unit_id, ctx.at) : places.pathOf(post.area_id, ctx.at) });
}

/** Receivers that hold the task already. */
export async function holdersOf(ctx: CommandContext, taskId: string): Promise<Set<string>> {
  const rows = await ctx.tx
    .selectFrom('assignment')
    .select(['unit_id', 'post_id'])
    .where('task_id', '=', taskId)
    .where('state', 'in', assignmentStatesOf('waiting', 'working', 'checking', 'done'))
    .execute();
  return new Set(rows.map((row) => receiverKey({ unitId: row.unit_id, postId: row.post_id })));
}

export const holds = (holders: ReadonlySet<string>, receiver: Receiver): boolean => holders.has(receiverKey(receiver));

export interface Distribution {
  readonly task: TaskRow;
  readonly campaign: CampaignRow;
  readonly receivers: readonly Receiver[];
  readonly totalSteps: number;
  readonly split: AssignTaskInput['split'];
  readonly deadlineAt: number | null;
  readonly note: string;
  readonly replacesId: string | null;
}

/**
 * Gives the task's steps out: rows, accept clocks, timers, and the task's account of what is given.
 * @refuses VALIDATION {field: targets, rule: WEIGHT | PART | SUM}; CONFLICT when the task changed meanwhile
 */
export async function distribute(ctx: CommandContext, { task, campaign, receivers, totalSteps, split, deadlineAt, note, replacesId }: Distribution): Promise<Result<MadeAssignment[]>> {
  const parts = splitTarget(totalSteps, split, receivers);
  if (!parts.ok) return parts;
  // Relative and guarded: a return that comes in between gives its share back by the same column.
  const taken = await ctx.tx
    .updateTable('task')
    .set((eb) => ({ allotted_steps: eb('allotted_steps', '+', totalSteps) }))
    .where('id', '=', task.id)
    .where('version', '=', task.version)
    .where((eb) => eb(eb('allotted_steps', '+', totalSteps), '<=', eb.ref('target_steps')))
    .executeTakeFirst();
  if (taken.numUpdatedRows !== 1n) return refuse('CONFLICT', { version: task.version });
  const policy = policyOf(campaign);
  const made: MadeAssignment[] = [];
  for (const [i, receiver] of receivers.entries()) {
    const id = ctx.newId('asg');
    const clock = await startClock(ctx, { subjectId: id, kind: ACCEPT_CLOCK, ...policy.accept, startedAt: ctx.at });
    const row: AssignmentRow = {
      id,
      campaign_id: task.campaign_id,
      action_id: task.action_id,
      action_code: task.action_code,
      task_id: task.id,
      unit_id: receiver.unitId,
      post_id: receiver.postId,
      area_path: receiver.areaPath,
      state: FIRST_STATE,
      target_steps: parts.value[i]!,
      reported_steps: 0,
      verified_steps: 0,
      deadline_at: deadlineAt,
      note,
      reason: '',
      assigned_by: ctx.actor.postId,
      assigned_at: ctx.at,
      accept_due_at: clock.dueAt,
      accepted_at: null,
      submitted_at: null,
      submitted_by: null,
      verified_at: null,
      accept_late: 0,
      accept_warned: 0,
      warned: 0,
      late: 0,
      round: 0,
      replaces_id: replacesId,
      updated_at: ctx.at,
      version: 1,
    };
    await ctx.tx.insertInto('assignment').values(row).execute();
    setWorkTimers(ctx, row, policy);
    recordAssignment(ctx, null, row, 'assigned', { note, deadlineAt, acceptDueAt: clock.dueAt, replacesId });
    made.push({ assignmentId: id, unitId: row.unit_id, postId: row.post_id, targetSteps: row.target_steps, deadlineAt, acceptDueAt: clock.dueAt, version: 1 });
  }
  return ok(made);
}

/** An assignment is due with its task, or earlier. @refuses VALIDATION {field: deadlineAt, rule: PAST | AFTER_TASK} */
export function chooseDeadline(ctx: CommandContext, task: TaskRow, wanted: number | undefined): Result<number | null> {
  if (wanted === undefined) return ok(task.deadline_at);
  if (wanted <= ctx.at) return refuse('VALIDATION', { field: 'deadlineAt', rule: 'PAST' });
  return task.deadline_at !== null && wanted > task.deadline_at ? refuse('VALIDATION', { field: 'deadlineAt', rule: 'AFTER_TASK', deadlineAt: task.deadline_at }) : ok(wanted);
}
