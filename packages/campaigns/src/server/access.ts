import type { CommandContext, Database, EventScope, Reader, Schema } from '@baxing/db';
import { inScope, type PolicyTable, type Scope, scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { type PlaceIndex, placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type May, type Refusal, type Result, ok, refuse } from '@baxing/kernel';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { type AssignmentFacts, decideAssignment } from '../decide.ts';
import { ASSIGNMENT_VERBS, type AssignmentMay, type AssignmentMove, type AssignmentTransition, type AssignmentVerb, movedTask, taskPhaseOf, type TaskTransition, type TaskVerb } from '../states.ts';
import { concernsOf, type TaskConcern } from './concerns.ts';
import type { AssignmentRow, CampaignRow, TaskRow } from './rows.ts';
import { unitPath } from './register.ts';

/** To load is to authorise: every read or change of a campaign, task or assignment starts here. */

/** What both a command and a query can read policy, places and rows from. */
interface Source {
  readonly policy: PolicyTable;
  readonly places: PlaceIndex;
  readonly reader: Reader;
  readonly at: number;
}
const inCommand = (ctx: CommandContext): Source => ({ policy: ctx.cached(policyCache).table, places: ctx.cached(placeCache), reader: ctx.tx, at: ctx.at });
const inQuery = (db: Database, at: number): Source => ({ policy: db.caches.get(policyCache).table, places: db.caches.get(placeCache), reader: db.read, at });

/** @refuses CONFLICT {version, given} */
export const checkVersion = (row: { readonly version: number }, given: number | undefined): Result<null> =>
  given === undefined || given === row.version ? ok(null) : refuse('CONFLICT', { version: row.version, given });

// Campaigns

/** @refuses NOT_FOUND; FORBIDDEN; CONFLICT */
export async function accessCampaign(ctx: CommandContext, input: { campaignId: string; version?: number | undefined }, verb: string): Promise<Result<CampaignRow>> {
  const campaign = await readCampaign(inCommand(ctx), ctx.actor, input.campaignId);
  if (!campaign.ok) return campaign;
  // What concerns a whole campaign needs the whole campaign's reach.
  if (scopeOf(ctx.cached(policyCache).table, ctx.actor, verb) !== 'all') return refuse('FORBIDDEN', { verb });
  const fresh = checkVersion(campaign.value, input.version);
  return fresh.ok ? campaign : fresh;
}

export const findCampaign = (db: Database, actor: Actor, campaignId: string): Promise<Result<CampaignRow>> => readCampaign(inQuery(db, 0), actor, campaignId);

async function readCampaign({ policy, reader }: Source, actor: Actor, campaignId: string): Promise<Result<CampaignRow>> {
  const row = scopeOf(policy, actor, 'campaigns.get') === null ? undefined : await reader.selectFrom('campaign').selectAll().where('id', '=', campaignId).executeTakeFirst();
  return row ? ok(row) : refuse('NOT_FOUND', { campaignId });
}

// Tasks

export const scopeOfTask = (task: TaskRow, concern: TaskConcern): EventScope => ({ units: [...concern.units], actionCode: task.action_code });

/** A task lies within a scope when one of its units does; drafts belong to those who write the plan. */
export function sees(scope: Scope | null, writes: Scope | null, actor: Actor, task: TaskRow, concern: TaskConcern, places: PlaceIndex, at: number): boolean {
  if (scope === null) return false;
  const subject = scopeOfTask(task, concern);
  if (taskPhaseOf(task.state) === 'draft' && (writes === null || !inScope(writes, actor, subject))) return false;
  return (
    inScope(scope, actor, subject) ||
    (scope === 'area' && [...concern.units].some((unitId) => inScope('area', actor, { areaPath: unitPath(places, unitId, at) }))) ||
    (scope === 'own' && concern.units.has(actor.unitId))
  );
}

export const TASK_MAY = ['update', 'assign'] as const;
export type TaskMay = May<(typeof TASK_MAY)[number]>;

/** @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT */
export async function accessTask(
  ctx: CommandContext,
  input: { taskId: string; version?: number | undefined },
  verb: 'update' | 'assign',
): Promise<Result<{ task: TaskRow; concern: TaskConcern; transition: TaskTransition }>> {
  const found = await readTask(inCommand(ctx), ctx.actor, input.taskId);
  if (!found.ok) return found;
  const refused = judgeTask(ctx.cached(policyCache).table, ctx.actor, found.value, verb);
  if (!refused.ok) return refused;
  const fresh = checkVersion(found.value.task, input.version);
  return fresh.ok ? ok({ ...found.value, transition: refused.value }) : fresh;
}

function judgeTask(policy: PolicyTable, actor: Actor, { task, concern }: { task: TaskRow; concern: TaskConcern }, verb: TaskVerb): Result<TaskTransition> {
  const scope = scopeOf(policy, actor, `tasks.${verb}`);
  if (scope === null || !inScope(scope, actor, scopeOfTask(task, concern))) return refuse('FORBIDDEN', { verb: `tasks.${verb}` });
  return movedTask(task.state, verb);
}

export const findTask = (db: Database, actor: Actor, taskId: string, at: number): Promise<Result<{ task: TaskRow; concern: TaskConcern }>> => readTask(inQuery(db, at), actor, taskId);

async function readTask(source: Source, actor: Actor, taskId: string): Promise<Result<{ task: TaskRow; concern: TaskConcern }>> {
  const { policy, places, reader, at } = source;
  const task = (await reader.selectFrom('task').selectAll().where('id', '=', taskId).executeTakeFirst()) as TaskRow | undefined;
  if (!task) return refuse('NOT_FOUND', { taskId });
  const concern = (await concernsOf(reader, places, at, [task])).get(task.id)!;
  if (!sees(scopeOf(policy, actor, 'tasks.get'), scopeOf(policy, actor, 'tasks.update'), actor, task, concern, places, at)) return refuse('NOT_FOUND', { taskId });
  return ok({ task, concern });
}

export function mayOfTask(db: Database, actor: Actor, task: TaskRow, concern: TaskConcern): TaskMay {
  const policy = db.caches.get(policyCache).table;
  return Object.fromEntries(
    TASK_MAY.map((verb) => {
      const judged = judgeTask(policy, actor, { task, concern }, verb);
      return [verb, judged.ok ? true : judged.refusal];
    }),
  ) as TaskMay;
}

// Assignments

export const scopeOfAssignment = (row: Pick<AssignmentRow, 'unit_id' | 'post_id' | 'area_path' | 'action_code'>): Required<EventScope> => ({
  units: [row.unit_id],
  posts: row.post_id === null ? [] : [row.post_id],
  areaPath: row.area_path,
  actionCode: row.action_code,
});

/** The rows that `inScope` would let through, as a condition. */
export function visibleAssignments(scope: Scope, actor: Actor) {
  return (eb: ExpressionBuilder<Schema, 'assignment'>): Expression<SqlBool> => {
    const mine = eb('assignment.post_id', '=', actor.postId);
    const unit = eb.or([mine, eb('assignment.unit_id', '=', actor.unitId)]);
    switch (scope) {
      case 'all':
        return eb.lit(true) as unknown as Expression<SqlBool>;
      case 'area':
        return actor.areaId === null ? unit : eb.or([eb('assignment.area_path', 'like', `%/${actor.areaId}/%`), unit]);
      case 'action':
        return actor.actionCode === null ? mine : eb.or([eb('assignment.action_code', '=', actor.actionCode), mine]);
      case 'unit':
        return unit;
      default:
        return mine;
    }
  };
}

const REACHING: readonly (Scope | null)[] = ['all', 'action'];
const VERB_OF: Readonly<Partial<Record<AssignmentMove, AssignmentVerb>>> = { verifyPart: 'verify' };

async function workersOf(reader: Reader, rows: readonly AssignmentRow[]): Promise<Map<string, string[]>> {
  const workers = new Map<string, string[]>(rows.map((row) => [row.id, row.submitted_by === null ? [] : [row.submitted_by]]));
  const ids = [...workers.keys()];
  const reports = ids.length === 0 ? [] : await reader.selectFrom('assignment_report').select(['assignment_id', 'account_id']).distinct().where('assignment_id', 'in', ids).execute();
  for (const { assignment_id, account_id } of reports) workers.get(assignment_id)!.push(account_id);
  return workers;
}

const factsOf = (row: AssignmentRow, workers: readonly string[]): AssignmentFacts => ({ state: row.state, unitId: row.unit_id, postId: row.post_id, workers });

function judgeAssignment(policy: PolicyTable, actor: Actor, row: AssignmentRow, workers: readonly string[], move: AssignmentMove): Result<AssignmentTransition> {
  const verb = `assignments.${VERB_OF[move] ?? move}`;
  const scope = scopeOf(policy, actor, verb);
  if (scope === null || !inScope(scope, actor, scopeOfAssignment(row))) return refuse('FORBIDDEN', { verb });
  return decideAssignment(factsOf(row, workers), move, actor, { reachesBeyondUnit: REACHING.includes(scope) });
}

/**
 * Loads an assignment for one move of who acts.
 * @refuses NOT_FOUND not visible; FORBIDDEN visible, but not this verb; WRONG_STATE; SEPARATION; CONFLICT
 */
export async function accessAssignment(
  ctx: CommandContext,
  input: { assignmentId: string; version?: number | undefined },
  move: AssignmentMove,
): Promise<Result<{ assignment: AssignmentRow; transition: AssignmentTransition }>> {
  const found = await readAssignment(inCommand(ctx), ctx.actor, input.assignmentId);
  if (!found.ok) return found;
  const assignment = found.value;
  const judged = judgeAssignment(ctx.cached(policyCache).table, ctx.actor, assignment, (await workersOf(ctx.tx, [assignment])).get(assignment.id)!, move);
  if (!judged.ok) return judged;
  const fresh = checkVersion(assignment, input.version);
  return fresh.ok ? ok({ assignment, transition: judged.value }) : fresh;
}

export const findAssignment = (db: Database, actor: Actor, assignmentId: string): Promise<Result<AssignmentRow>> => readAssignment(inQuery(db, 0), actor, assignmentId);

async function readAssignment({ policy, reader }: Source, actor: Actor, assignmentId: string): Promise<Result<AssignmentRow>> {
  const row = (await reader.selectFrom('assignment').selectAll().where('id', '=', assignmentId).executeTakeFirst()) as AssignmentRow | undefined;
  const sight = scopeOf(policy, actor, 'assignments.get');
  return row && sight !== null && inScope(sight, actor, scopeOfAssignment(row)) ? ok(row) : refuse('NOT_FOUND', { assignmentId });
}

/** What the actor may do with each assignment now; buttons are drawn from it. */
export async function mayOfAssignments(db: Database, actor: Actor, rows: readonly AssignmentRow[]): Promise<Map<string, AssignmentMay>> {
  const policy = db.caches.get(policyCache).table;
  const workers = await workersOf(db.read, rows);
  const judge = (row: AssignmentRow, verb: AssignmentVerb): true | Refusal => {
    const judged = judgeAssignment(policy, actor, row, workers.get(row.id)!, verb);
    return judged.ok ? true : judged.refusal;
  };
  return new Map(rows.map((row) => [row.id, Object.fromEntries(ASSIGNMENT_VERBS.map((verb) => [verb, judge(row, verb)])) as AssignmentMay]));
}
