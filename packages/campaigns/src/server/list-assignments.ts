import { type Database, readCounters } from '@baxing/db';
import { scopeFor } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import type { ListAssignmentsInput } from '../schemas.ts';
import { ASSIGNMENT_VERBS, type AssignmentVerb } from '../states.ts';
import { mayOfAssignments, visibleAssignments } from './access.ts';
import { TICKETS_SCOPE } from './counters.ts';
import type { AssignmentRow, TaskRow } from './rows.ts';
import { type AssignmentView, assignmentView } from './views.ts';

export interface AssignmentListRow extends AssignmentView {
  readonly verbs: readonly AssignmentVerb[];
}

const CURSOR = /^asg_[0-9a-f]{8,60}$/;

/** Newest first. Indexed by task, by unit, by post, and by campaign with action and unit; state and lateness narrow one of them. @refuses FORBIDDEN, VALIDATION {field: cursor} */
export async function listAssignments(db: Database, actor: Actor, input: ListAssignmentsInput): Promise<Result<{ rows: AssignmentListRow[]; next: string | null }>> {
  const scope = scopeFor(db, actor, 'assignments.list');
  if (scope === null) return refuse('FORBIDDEN', { verb: 'assignments.list' });
  if (input.cursor !== undefined && !CURSOR.test(input.cursor)) return refuse('VALIDATION', { field: 'cursor' });
  let query = db.read
    .selectFrom('assignment')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(input.limit + 1);
  if (scope !== 'all') query = query.where(visibleAssignments(scope, actor));
  if (input.campaignId !== undefined) query = query.where('campaign_id', '=', input.campaignId);
  if (input.taskId !== undefined) query = query.where('task_id', '=', input.taskId);
  if (input.actionCode !== undefined) query = query.where('action_code', '=', input.actionCode);
  if (input.unitId !== undefined) query = query.where('unit_id', '=', input.unitId);
  if (input.states !== undefined && input.states.length > 0) query = query.where('state', 'in', input.states);
  if (input.late !== undefined) query = query.where('late', '=', input.late ? 1 : 0);
  if (input.cursor !== undefined) query = query.where('id', '<', input.cursor);
  const rows = (await query.execute()) as AssignmentRow[];
  const page = rows.slice(0, input.limit);
  const views = await viewAssignments(db, page);
  const may = await mayOfAssignments(db, actor, page);
  return ok({
    rows: views.map((view) => ({ ...view, verbs: ASSIGNMENT_VERBS.filter((verb) => may.get(view.assignmentId)![verb] === true) })),
    next: rows.length > input.limit ? page.at(-1)!.id : null,
  });
}

export async function viewAssignments(db: Database, rows: readonly AssignmentRow[]): Promise<AssignmentView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const tickets = new Map<string, { open: number; closed: number }>(ids.map((id) => [id, { open: 0, closed: 0 }]));
  for (const { subject, name, value } of await readCounters(db.read, db.dialect, TICKETS_SCOPE, ids)) tickets.get(subject)![name as 'open' | 'closed'] = value;
  const tasks = new Map(
    (
      await db.read
        .selectFrom('task')
        .select(['id', 'no', 'what', 'measure'])
        .where('id', 'in', [...new Set(rows.map((row) => row.task_id))])
        .execute()
    ).map((task) => [task.id, task as Pick<TaskRow, 'no' | 'what' | 'measure'>]),
  );
  const places = db.caches.get(placeCache);
  return rows.map((row) => assignmentView(row, tasks.get(row.task_id)!, tickets.get(row.id)!, places));
}
