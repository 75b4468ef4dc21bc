import type { CommandContext, Database, Reader, Schema } from '@baxing/db';
import { scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { type PlaceIndex, placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import type { Selectable } from 'kysely';
import { gapsOf } from '../gaps.ts';
import { type ExaminedPlan, type Finding, FindingList, type PlannedTask, readPlan } from '../plan/examine.ts';
import type { StoredMend } from '../plan/mends.ts';
import type { PlanRegister } from '../plan/register.ts';
import type { PlanRow } from '../plan/rows.ts';
import { taskPhaseOf } from '../states.ts';
import { registerAt } from './register.ts';
import type { CampaignRow, TaskRow } from './rows.ts';
import { partiesKey } from './task-units.ts';

/** A stored plan as it stands now: its rows with mends, what is wrong with them, and what committing would change. Recomputed from the rows at every look. */

export type ImportRow = Selectable<Schema['plan_import']>;

export interface PlanChanges {
  readonly create: readonly PlannedTask[];
  readonly update: readonly { readonly task: TaskRow; readonly planned: PlannedTask; readonly columns: readonly string[] }[];
  readonly unchanged: readonly TaskRow[];
  /** In the campaign from an earlier plan of the same actions, and not in this one: the next publishing cancels them. */
  readonly drop: readonly TaskRow[];
}

export interface ExaminedImport extends Pick<ExaminedPlan, 'findings' | 'errors' | 'warnings'> {
  readonly rows: readonly PlanRow[];
  readonly changes: PlanChanges;
}

/** What the portal shows while a plan is being mended. */
export interface PlanImportView {
  readonly importId: string;
  readonly campaignId: string;
  readonly fileName: string;
  readonly state: 'open' | 'committed';
  readonly version: number;
  /** With mends applied. */
  readonly rows: readonly PlanRow[];
  /** At most `FINDINGS_MAX`, errors before warnings, in the order of the rows. */
  readonly findings: readonly Finding[];
  /** All there are. */
  readonly errors: number;
  readonly warnings: number;
  readonly changes: {
    readonly create: readonly number[];
    readonly update: readonly { readonly row: number; readonly columns: readonly string[] }[];
    readonly unchanged: number;
    readonly drop: readonly number[];
  };
}

export const IMPORT_STATES = { open: 'open', committed: 'committed' } as const;

/** `register`: what a command looks at a plan twice with, so that it searches for each unknown name once. */
export async function examineImport(
  reader: Reader,
  places: PlaceIndex,
  at: number,
  campaign: CampaignRow,
  plan: Pick<ImportRow, 'rows' | 'mends'>,
  register: PlanRegister = registerAt(places, campaign.area_id, at),
): Promise<ExaminedImport> {
  const actions = await reader.selectFrom('action').select(['code', 'name']).where('campaign_id', '=', campaign.id).orderBy('ordinal').execute();
  const found = new FindingList();
  const examined = readPlan(JSON.parse(plan.rows) as PlanRow[], JSON.parse(plan.mends) as StoredMend[], { register, actions, startsAt: campaign.starts_at }, found);
  const tasks = (await reader.selectFrom('task').selectAll().where('campaign_id', '=', campaign.id).execute()) as TaskRow[];
  const units = await reader
    .selectFrom('task_unit')
    .innerJoin('task', 'task.id', 'task_unit.task_id')
    .select(['task_unit.task_id', 'task_unit.duty', 'task_unit.unit_id as unitId', 'task_unit.text', 'task_unit.group_kind as groupKind'])
    .where('task.campaign_id', '=', campaign.id)
    .execute();
  const partiesOf = new Map<string, { responsible: typeof units; cooperating: typeof units }>(tasks.map((task) => [task.id, { responsible: [], cooperating: [] }]));
  for (const unit of units) partiesOf.get(unit.task_id)![unit.duty === 'responsible' ? 'responsible' : 'cooperating'].push(unit);

  const byNo = new Map(tasks.map((task) => [task.no, task]));
  const update: { task: TaskRow; planned: PlannedTask; columns: string[] }[] = [];
  const create: PlannedTask[] = [];
  const unchanged: TaskRow[] = [];
  for (const planned of examined.tasks) {
    const task = byNo.get(planned.no);
    if (!task) {
      create.push(planned);
      continue;
    }
    const columns = differences(task, partiesKey(partiesOf.get(task.id)! as never), planned);
    if (columns.length === 0 && task.dropped === 0) unchanged.push(task);
    else update.push({ task, planned, columns });
    for (const clash of clashes(register, task, planned, columns)) found.add(clash.severity, () => clash);
  }
  const kept = new Set(examined.tasks.map(({ no }) => no));
  const actionsHere = new Set(examined.tasks.map(({ actionCode }) => actionCode));
  const drop = tasks.filter((task) => task.origin === 'plan' && task.dropped === 0 && taskPhaseOf(task.state) !== 'ended' && actionsHere.has(task.action_code) && !kept.has(task.no));
  return { rows: examined.rows, ...found.done(register.propose), changes: { create, update, unchanged, drop } };
}

function differences(task: TaskRow, parties: string, planned: PlannedTask): string[] {
  const pairs: Readonly<Record<string, readonly [unknown, unknown]>> = {
    action: [task.action_code, planned.actionCode],
    what: [task.what, planned.what],
    how: [task.how, planned.how],
    target: [task.target_steps, planned.targetSteps],
    measure: [task.measure, planned.measure],
    standard: [task.acceptance_standard, planned.acceptanceStandard],
    deadline: [`${task.deadline_at} ${task.standing}`, `${planned.deadlineAt} ${planned.standing ? 1 : 0}`],
    lead: [task.lead_unit_id, planned.lead?.unitId ?? null],
    units: [parties, partiesKey(planned)],
    postTitle: [task.post_title, planned.postTitle],
    note: [task.note, planned.note],
  };
  return Object.entries(pairs).flatMap(([column, [have, want]]) => (have === want ? [] : [column]));
}

/** What keeps a row from changing the task that has its number. */
function clashes(register: PlanRegister, task: TaskRow, planned: PlannedTask, columns: readonly string[]): Finding[] {
  const finding = (column: Finding['column'], code: Finding['code'], params: Finding['params']): Finding => ({
    row: planned.no,
    sheetRow: planned.sheetRow,
    column,
    severity: 'error',
    code,
    value: '',
    proposals: [],
    choices: [],
    params,
  });
  if (task.origin !== 'plan' || taskPhaseOf(task.state) === 'ended') return [finding('no', 'ROW_NUMBER_TAKEN', { what: task.what })];
  if (columns.length === 0) return [];
  const found: Finding[] = [];
  if (columns.includes('action') && task.allotted_steps > 0) found.push(finding('action', 'TASK_ASSIGNED', {}));
  if (columns.includes('measure') && task.allotted_steps > 0) found.push(finding('measure', 'TASK_ASSIGNED', {}));
  else if ((planned.targetSteps ?? 0) < task.allotted_steps) found.push(finding('target', 'BELOW_ALLOTTED', { allottedSteps: task.allotted_steps, measure: task.measure }));
  if (taskPhaseOf(task.state) === 'announced') {
    const leadUnitId = planned.lead?.unitId ?? null;
    const responsibleUnits = planned.responsible.reduce(
      (sum, unit) => sum + (unit.groupKind === null ? Number(unit.unitId !== null || unit.create !== null) : register.group(unit.groupKind, leadUnitId).length),
      0,
    );
    found.push(...gapsOf({ ...planned, leadUnitId, responsibleUnits }).map((gap) => finding(gap.column, 'GAP_IN_PUBLISHED', { gap: gap.code })));
  }
  return found;
}

export const importView = (plan: ImportRow, examined: ExaminedImport): PlanImportView => ({
  importId: plan.id,
  campaignId: plan.campaign_id,
  fileName: plan.file_name,
  state: plan.state as PlanImportView['state'],
  version: plan.version,
  rows: examined.rows,
  findings: examined.findings,
  errors: examined.errors,
  warnings: examined.warnings,
  changes: {
    create: examined.changes.create.map(({ no }) => no),
    update: examined.changes.update.map(({ planned, columns }) => ({ row: planned.no, columns })),
    unchanged: examined.changes.unchanged.length,
    drop: examined.changes.drop.map(({ no }) => no),
  },
});

/** @refuses NOT_FOUND; FORBIDDEN */
export async function accessImport(ctx: CommandContext, importId: string, verb: string): Promise<Result<{ plan: ImportRow; campaign: CampaignRow }>> {
  return readImport(ctx.tx, scopeOf(ctx.cached(policyCache).table, ctx.actor, verb) === 'all', importId);
}

async function readImport(reader: Reader, allowed: boolean, importId: string): Promise<Result<{ plan: ImportRow; campaign: CampaignRow }>> {
  const plan = allowed ? await reader.selectFrom('plan_import').selectAll().where('id', '=', importId).executeTakeFirst() : undefined;
  if (!plan) return refuse('NOT_FOUND', { importId });
  return ok({ plan, campaign: await reader.selectFrom('campaign').selectAll().where('id', '=', plan.campaign_id).executeTakeFirstOrThrow() });
}

/** The plan as it stands, for a page that is opened again. @refuses NOT_FOUND */
export async function getPlanImport(db: Database, actor: Actor, input: { importId: string }, at: number): Promise<Result<PlanImportView>> {
  const found = await readImport(db.read, scopeOf(db.caches.get(policyCache).table, actor, 'campaigns.importPreview') === 'all', input.importId);
  if (!found.ok) return found;
  return ok(importView(found.value.plan, await examineImport(db.read, db.caches.get(placeCache), at, found.value.campaign, found.value.plan)));
}
