import type { Database } from '@baxing/db';
import { calendarCache, computeClock } from '@baxing/clocks/server';
import { fromSteps, type Actor, type Result, ok, unitOfMeasure } from '@baxing/kernel';
import type { AssignmentMay } from '../states.ts';
import { findAssignment, mayOfAssignments } from './access.ts';
import { viewAssignments } from './list-assignments.ts';
import { policyOf } from './time-limits.ts';
import type { AssignmentView } from './views.ts';

export interface AssignmentDetail extends AssignmentView {
  /** What the task says of how and to what degree; an assignee may always read it. */
  readonly task: { readonly how: string; readonly acceptanceStandard: string; readonly postTitle: string; readonly deadlineAt: number | null };
  readonly reports: readonly {
    readonly reportId: string;
    readonly steps: number;
    readonly value: number;
    readonly note: string;
    readonly fileIds: readonly string[];
    readonly postId: string;
    readonly round: number;
    readonly at: number;
  }[];
  /** How the limit for accepting was computed. */
  readonly acceptLimit: ReturnType<typeof computeClock>;
  readonly may: AssignmentMay;
}

const REPORTS_MAX = 500;

/** Its tickets: `tickets.list {assignmentId}`. @refuses NOT_FOUND */
export async function getAssignment(db: Database, actor: Actor, input: { assignmentId: string }): Promise<Result<AssignmentDetail>> {
  const found = await findAssignment(db, actor, input.assignmentId);
  if (!found.ok) return found;
  const row = found.value;
  const [view] = await viewAssignments(db, [row]);
  const task = await db.read.selectFrom('task').select(['how', 'acceptance_standard', 'post_title', 'deadline_at', 'measure']).where('id', '=', row.task_id).executeTakeFirstOrThrow();
  const campaign = await db.read.selectFrom('campaign').select('policy').where('id', '=', row.campaign_id).executeTakeFirstOrThrow();
  const reports = await db.read.selectFrom('assignment_report').selectAll().where('assignment_id', '=', row.id).orderBy('id').limit(REPORTS_MAX).execute();
  const files = await db.read.selectFrom('assignment_report_file').select(['report_id', 'file_id']).where('assignment_id', '=', row.id).orderBy('ordinal').execute();
  const measure = unitOfMeasure(task.measure);
  return ok({
    ...view!,
    task: { how: task.how, acceptanceStandard: task.acceptance_standard, postTitle: task.post_title, deadlineAt: task.deadline_at },
    reports: reports.map((report) => ({
      reportId: report.id,
      steps: report.steps,
      value: fromSteps(report.steps, measure),
      note: report.note,
      fileIds: files.filter((file) => file.report_id === report.id).map((file) => file.file_id),
      postId: report.post_id,
      round: report.round,
      at: report.at,
    })),
    acceptLimit: computeClock(db.caches.get(calendarCache), { startAt: row.assigned_at, ...policyOf(campaign).accept }),
    may: (await mayOfAssignments(db, actor, [row])).get(row.id)!,
  });
}
