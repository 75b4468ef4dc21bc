import type { Database } from '@baxing/db';
import { scopeFor } from '@baxing/identity/server';
import type { Actor } from '@baxing/kernel';
import { findTask, visibleAssignments } from './access.ts';

/** Attachments are judged by whom the task concerns as last known: a reader of files has no instant of his own. */
const LAST_KNOWN = Number.MAX_SAFE_INTEGER;
const TASKS_MAX = 20;

/** Whether the actor may see a photo because he may see an assignment whose report carries it, or a task that has it attached. */
export async function carriesReportFile(db: Database, actor: Actor, fileId: string): Promise<boolean> {
  const sight = scopeFor(db, actor, 'assignments.get');
  if (sight !== null) {
    const report = await db.read
      .selectFrom('assignment_report_file')
      .innerJoin('assignment', 'assignment.id', 'assignment_report_file.assignment_id')
      .select('assignment.id')
      .where('assignment_report_file.file_id', '=', fileId)
      .where((eb) => visibleAssignments(sight, actor)(eb as never))
      .limit(1)
      .executeTakeFirst();
    if (report) return true;
  }
  const attached = await db.read.selectFrom('task_attachment').select('task_id').distinct().where('file_id', '=', fileId).limit(TASKS_MAX).execute();
  for (const { task_id } of attached) if ((await findTask(db, actor, task_id, LAST_KNOWN)).ok) return true;
  return false;
}
