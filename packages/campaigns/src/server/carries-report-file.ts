import type { Database } from '@baxing/db';
import { scopeFor } from '@baxing/identity/server';
import type { Actor } from '@baxing/kernel';
import { visibleAssignments } from './access.ts';

/** Whether a progress report of an assignment that the actor may see carries this photo. */
export async function carriesReportFile(db: Database, actor: Actor, fileId: string): Promise<boolean> {
  const scope = scopeFor(db, actor, 'assignments.get');
  if (scope === null) return false;
  const row = await db.read
    .selectFrom('assignment_report_file')
    .innerJoin('assignment', 'assignment.id', 'assignment_report_file.assignment_id')
    .select('assignment.id')
    .where('assignment_report_file.file_id', '=', fileId)
    .where(visibleAssignments(scope, actor) as never)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
