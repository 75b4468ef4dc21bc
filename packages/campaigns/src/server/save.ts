import { stopClock } from '@baxing/clocks/server';
import type { CommandContext, Schema } from '@baxing/db';
import { type Result, ok, refuse } from '@baxing/kernel';
import type { Updateable } from 'kysely';
import { type AssignmentState, type AssignmentTransition, isHolding, isOwed, taskPhaseOf, type TaskState, type TaskTransition } from '../states.ts';
import { scopeOfAssignment, scopeOfTask } from './access.ts';
import type { TaskConcern } from './concerns.ts';
import { countAssignment } from './counters.ts';
import type { AssignmentRow, TaskRow } from './rows.ts';
import { ACCEPT_CLOCK, clearWorkTimers, lateBy } from './time-limits.ts';

/** What every change writes, in one place: the versioned row, the event, the counters. */

export interface MovedAssignment {
  readonly assignmentId: string;
  readonly state: AssignmentState;
  readonly version: number;
  readonly targetSteps: number;
  readonly reportedSteps: number;
  readonly verifiedSteps: number;
}

export const movedAnswer = (row: AssignmentRow): MovedAssignment => ({
  assignmentId: row.id,
  state: row.state,
  version: row.version,
  targetSteps: row.target_steps,
  reportedSteps: row.reported_steps,
  verifiedSteps: row.verified_steps,
});

/** @refuses CONFLICT someone else changed it since it was read */
export async function saveAssignment(
  ctx: CommandContext,
  before: AssignmentRow,
  change: { readonly to: AssignmentState; readonly event: string },
  set: Omit<Updateable<Schema['assignment']>, 'state'> = {},
  data: Readonly<Record<string, unknown>> = {},
): Promise<Result<AssignmentRow>> {
  const written = { ...set, state: change.to, version: before.version + 1, updated_at: ctx.at };
  const saved = await ctx.tx.updateTable('assignment').set(written).where('id', '=', before.id).where('version', '=', before.version).executeTakeFirst();
  if (saved.numUpdatedRows !== 1n) return refuse('CONFLICT', { version: before.version });
  const after = { ...before, ...written } as AssignmentRow;
  recordAssignment(ctx, before, after, change.event, data);
  return ok(after);
}

/** Event and counters (`before` null: it is new). */
export function recordAssignment(ctx: CommandContext, before: AssignmentRow | null, after: AssignmentRow, event: string, data: Readonly<Record<string, unknown>> = {}): void {
  ctx.record({
    type: `assignment.${event}`,
    subject: 'assignment',
    subjectId: after.id,
    scope: scopeOfAssignment(after),
    data: {
      from: before?.state ?? null,
      to: after.state,
      campaignId: after.campaign_id,
      taskId: after.task_id,
      unitId: after.unit_id,
      postId: after.post_id,
      targetSteps: after.target_steps,
      reportedSteps: after.reported_steps,
      verifiedSteps: after.verified_steps,
      late: after.late,
      version: after.version,
      ...data,
    },
  });
  countAssignment(ctx, before, after);
}

/** The assignment holds its share no longer: its clock and timers end, and the share goes back to the task. */
export async function release(
  ctx: CommandContext,
  assignment: AssignmentRow,
  transition: AssignmentTransition,
  set: Omit<Updateable<Schema['assignment']>, 'state'> = {},
  data: Readonly<Record<string, unknown>> = {},
): Promise<Result<AssignmentRow>> {
  const clock = await stopClock(ctx, assignment.id, ACCEPT_CLOCK, { at: ctx.at });
  clearWorkTimers(ctx, assignment.id);
  if (isHolding(assignment.state))
    await ctx.tx
      .updateTable('task')
      .set((eb) => ({ allotted_steps: eb('allotted_steps', '-', assignment.target_steps) }))
      .where('id', '=', assignment.task_id)
      .execute();
  return saveAssignment(ctx, assignment, transition, { ...(clock?.late ? { accept_late: 1 } : {}), ...(isOwed(assignment.state) ? { late: lateBy(assignment, ctx.at) } : {}), ...set }, data);
}

/**
 * `silent` changes (a share given or taken) are no change of what was announced.
 * @refuses CONFLICT
 */
export async function saveTask(
  ctx: CommandContext,
  before: TaskRow,
  concern: TaskConcern,
  transition: TaskTransition | { readonly to: TaskState; readonly event: string },
  set: Omit<Updateable<Schema['task']>, 'state' | 'version'> = {},
  data: Readonly<Record<string, unknown>> = {},
  silent = false,
): Promise<Result<TaskRow>> {
  const version = before.version + 1;
  const written = { ...(silent && before.published_version === before.version ? { published_version: version } : {}), ...set, state: transition.to, version, updated_at: ctx.at };
  const saved = await ctx.tx.updateTable('task').set(written).where('id', '=', before.id).where('version', '=', before.version).executeTakeFirst();
  if (saved.numUpdatedRows !== 1n) return refuse('CONFLICT', { version: before.version });
  const after = { ...before, ...written } as TaskRow;
  recordTask(ctx, before, after, concern, transition.event, data);
  return ok(after);
}

/** `phase` of the state after: drafts are heard only by who may see them. */
export function recordTask(ctx: CommandContext, before: TaskRow | null, after: TaskRow, concern: TaskConcern, event: string, data: Readonly<Record<string, unknown>> = {}): void {
  ctx.record({
    type: `task.${event}`,
    subject: 'task',
    subjectId: after.id,
    scope: scopeOfTask(after, concern),
    data: { from: before?.state ?? null, to: after.state, phase: taskPhaseOf(after.state), campaignId: after.campaign_id, actionCode: after.action_code, no: after.no, version: after.version, ...data },
  });
}
