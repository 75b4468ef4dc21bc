import { type Database, readCounters } from '@baxing/db';
import { scopeFor } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import { type Gap, gapsOf } from '../gaps.ts';
import type { ListTasksInput } from '../schemas.ts';
import { findCampaign, mayOfTask, sees, TASK_MAY } from './access.ts';
import { concernsOf } from './concerns.ts';
import { taskProgressScope } from './counters.ts';
import { gapFacts } from './gap-facts.ts';
import type { TaskRow } from './rows.ts';
import { type TaskView, taskView } from './views.ts';

export interface TaskListRow extends TaskView {
  readonly gaps: readonly Gap[];
  /** From counters. */
  readonly assignments: number;
  readonly late: number;
  readonly reportedSteps: number;
  readonly verifiedSteps: number;
  readonly verbs: readonly (typeof TASK_MAY)[number][];
}

const WINDOW = 200;
const CURSOR = /^\d{1,6}$/;

/** In the order of the plan. What the reader may not see is passed over window by window. @refuses FORBIDDEN, NOT_FOUND, VALIDATION {field: cursor} */
export async function listTasks(db: Database, actor: Actor, input: ListTasksInput, at: number): Promise<Result<{ rows: TaskListRow[]; next: string | null }>> {
  const scope = scopeFor(db, actor, 'tasks.list');
  if (scope === null) return refuse('FORBIDDEN', { verb: 'tasks.list' });
  const campaign = await findCampaign(db, actor, input.campaignId);
  if (!campaign.ok) return campaign;
  if (input.cursor !== undefined && !CURSOR.test(input.cursor)) return refuse('VALIDATION', { field: 'cursor' });
  const writes = scopeFor(db, actor, 'tasks.update');
  const places = db.caches.get(placeCache);
  const found: { task: TaskRow; view: TaskListRow }[] = [];
  let after = Number(input.cursor ?? 0);
  for (let more = true; more && found.length <= input.limit;) {
    let query = db.read.selectFrom('task').selectAll().where('campaign_id', '=', input.campaignId).where('no', '>', after).orderBy('no').limit(WINDOW);
    if (input.actionCode !== undefined) query = query.where('action_code', '=', input.actionCode);
    if (input.states !== undefined && input.states.length > 0) query = query.where('state', 'in', input.states);
    const tasks = (await query.execute()) as TaskRow[];
    more = tasks.length === WINDOW;
    after = tasks.at(-1)?.no ?? after;
    const concerns = await concernsOf(db.read, places, at, tasks);
    const visible = tasks.filter((task) => {
      const concern = concerns.get(task.id)!;
      return sees(scope, writes, actor, task, concern, places, at) && (input.unitId === undefined || concern.units.has(input.unitId));
    });
    const progress = await progressOf(
      db,
      input.campaignId,
      visible.map((task) => task.id),
    );
    for (const task of visible) {
      const concern = concerns.get(task.id)!;
      const may = mayOfTask(db, actor, task, concern);
      const numbers = progress.get(task.id) ?? {};
      found.push({
        task,
        view: {
          ...taskView(task, concern, places),
          gaps: gapsOf(gapFacts(task, concern)),
          assignments: numbers['held'] ?? 0,
          late: numbers['late'] ?? 0,
          reportedSteps: numbers['reportedSteps'] ?? 0,
          verifiedSteps: numbers['verifiedSteps'] ?? 0,
          verbs: TASK_MAY.filter((verb) => may[verb] === true),
        },
      });
    }
  }
  const page = found.slice(0, input.limit);
  return ok({ rows: page.map(({ view }) => view), next: found.length > input.limit ? String(page.at(-1)!.task.no) : null });
}

export async function progressOf(db: Database, campaignId: string, taskIds: readonly string[]): Promise<Map<string, Record<string, number>>> {
  const numbers = new Map<string, Record<string, number>>();
  for (const { subject, name, value } of await readCounters(db.read, db.dialect, taskProgressScope(campaignId), taskIds)) numbers.set(subject, { ...numbers.get(subject), [name]: value });
  return numbers;
}
