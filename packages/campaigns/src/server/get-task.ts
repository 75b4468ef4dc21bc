import type { Database } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Result, ok } from '@baxing/kernel';
import { type Gap, gapsOf } from '../gaps.ts';
import { findTask, mayOfTask, type TaskMay } from './access.ts';
import { gapFacts } from './gap-facts.ts';
import { progressOf } from './list-tasks.ts';
import { type TaskView, taskView } from './views.ts';

export interface TaskDetail extends TaskView {
  readonly gaps: readonly Gap[];
  /** Not given to anyone yet; null while the task has no number. */
  readonly remainingSteps: number | null;
  readonly reportedSteps: number;
  readonly verifiedSteps: number;
  readonly attachments: readonly { readonly fileId: string; readonly name: string; readonly addedAt: number }[];
  readonly may: TaskMay;
}

/** Its assignments: `assignments.list {taskId}`. @refuses NOT_FOUND */
export async function getTask(db: Database, actor: Actor, input: { taskId: string }, at: number): Promise<Result<TaskDetail>> {
  const found = await findTask(db, actor, input.taskId, at);
  if (!found.ok) return found;
  const { task, concern } = found.value;
  const attachments = await db.read.selectFrom('task_attachment').select(['file_id', 'name', 'added_at']).where('task_id', '=', task.id).orderBy('added_at').orderBy('id').execute();
  const numbers = (await progressOf(db, task.campaign_id, [task.id])).get(task.id) ?? {};
  return ok({
    ...taskView(task, concern, db.caches.get(placeCache)),
    gaps: gapsOf(gapFacts(task, concern)),
    remainingSteps: task.target_steps === null ? null : task.target_steps - task.allotted_steps,
    reportedSteps: numbers['reportedSteps'] ?? 0,
    verifiedSteps: numbers['verifiedSteps'] ?? 0,
    attachments: attachments.map((row) => ({ fileId: row.file_id, name: row.name, addedAt: row.added_at })),
    may: mayOfTask(db, actor, task, concern),
  });
}
