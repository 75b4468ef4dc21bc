import { type CommandContext, defineCommand } from '@baxing/db';
import { NATIONAL_CODES, type UnitKind } from '@baxing/jurisdictions';
import { importUnits, type PlaceIndex, placeCache } from '@baxing/jurisdictions/server';
import { type Result, ok, refuse } from '@baxing/kernel';
import type { PlannedTask, PlannedUnit } from '../plan/examine.ts';
import { keyOfName } from '../plan/names.ts';
import { importCommitSchema } from '../schemas.ts';
import { movedTask, type TaskState } from '../states.ts';
import { checkVersion } from './access.ts';
import { concernsOf } from './concerns.ts';
import { accessImport, examineImport, IMPORT_STATES } from './plan-import.ts';
import { groupArea } from './register.ts';
import type { CampaignRow, TaskRow } from './rows.ts';
import { recordTask, saveTask } from './save.ts';
import { writeTaskUnits } from './task-units.ts';

export interface CommittedImport {
  readonly importId: string;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** No longer in the plan; cancelled with the next publishing. */
  readonly dropped: number;
  readonly unitsCreated: readonly string[];
}

const NEW_TASK_STATE: TaskState = 'draft';
const ROWS_PER_INSERT = 50;

/**
 * Makes tasks of a plan: all of them or none. A plan that was committed before, and a row that says what its task says, change nothing.
 * @refuses NOT_FOUND, CONFLICT; FINDINGS_OPEN {cells: [{row, sheetRow, column, code, value}]}
 */
export const commitImport = defineCommand({
  name: 'campaigns.importCommit',
  input: importCommitSchema,
  async run(ctx, input): Promise<Result<CommittedImport>> {
    const access = await accessImport(ctx, input.importId, 'campaigns.importCommit');
    if (!access.ok) return access;
    const { plan, campaign } = access.value;
    if (plan.state === IMPORT_STATES.committed) {
      const rows = JSON.parse(plan.rows) as unknown[];
      return ok({ importId: plan.id, created: 0, updated: 0, unchanged: rows.length, dropped: 0, unitsCreated: [] });
    }
    const fresh = checkVersion(plan, input.version);
    if (!fresh.ok) return fresh;
    // Two plans committed at once would number the same rows: the campaign's version lets one through.
    const mine = await ctx.tx
      .updateTable('campaign')
      .set({ version: campaign.version + 1 })
      .where('id', '=', campaign.id)
      .where('version', '=', campaign.version)
      .executeTakeFirst();
    if (mine.numUpdatedRows !== 1n) return refuse('CONFLICT', { version: campaign.version });

    let places = ctx.cached(placeCache);
    let examined = await examineImport(ctx.tx, places, ctx.at, campaign, plan);
    if (examined.errors > 0)
      return refuse('FINDINGS_OPEN', {
        cells: examined.findings
          .filter(({ severity }) => severity === 'error')
          .slice(0, 200)
          .map(({ row, sheetRow, column, code, value }) => ({ row, sheetRow, column, code, value })),
        total: examined.errors,
      });
    const unitsCreated = await createUnits(ctx, [...examined.changes.create, ...examined.changes.update.map(({ planned }) => planned)]);
    if (unitsCreated.length > 0) {
      places = await placeCache.load(ctx.tx);
      examined = await examineImport(ctx.tx, places, ctx.at, campaign, plan);
    }
    const { create, update, unchanged, drop } = examined.changes;
    await createTasks(ctx, places, campaign, create);
    for (const { task, planned, columns } of update) {
      const saved = await updateTask(ctx, places, campaign, task, planned, columns);
      if (!saved.ok) return saved;
    }
    const concerns = await concernsOf(ctx.tx, places, ctx.at, drop);
    for (const task of drop) {
      const saved = await saveTask(ctx, task, concerns.get(task.id)!, { to: task.state, event: 'dropped' }, { dropped: 1 }, { importId: plan.id });
      if (!saved.ok) return saved;
    }
    // A mend that was stored since the plan was read here would be kept and never applied.
    const closed = await ctx.tx
      .updateTable('plan_import')
      .set({ state: IMPORT_STATES.committed, committed_at: ctx.at, version: plan.version + 1 })
      .where('id', '=', plan.id)
      .where('version', '=', plan.version)
      .executeTakeFirst();
    if (closed.numUpdatedRows !== 1n) return refuse('CONFLICT', { version: plan.version });
    const counts = { created: create.length, updated: update.length, unchanged: unchanged.length, dropped: drop.length, unitsCreated };
    ctx.record({ type: 'planImport.committed', subject: 'planImport', subjectId: plan.id, scope: {}, data: { campaignId: campaign.id, ...counts } });
    return ok({ importId: plan.id, ...counts });
  },
});

/** Units that the plan's editors decided to found: without a place of their own until the register gives them one. */
async function createUnits(ctx: CommandContext, tasks: readonly PlannedTask[]): Promise<string[]> {
  const wanted = new Map<string, { name: string; kind: UnitKind }>();
  const want = (unit: PlannedUnit | null): void => {
    if (unit?.create) wanted.set(keyOfName(unit.text), { name: unit.text, kind: unit.create });
  };
  for (const task of tasks) for (const unit of [task.lead, ...task.responsible, ...task.cooperating]) want(unit);
  if (wanted.size === 0) return [];
  const last = await ctx.tx
    .selectFrom('unit')
    .select((eb) => eb.fn.max<number | null>('ordinal').as('ordinal'))
    .executeTakeFirst();
  const rows = [...wanted.values()].map(({ name, kind }, i) => ({
    name,
    shortName: name,
    kind,
    parent: null,
    areaCode: null,
    areaNote: '',
    note: '由任务分解表导入时新建',
    ordinal: (last?.ordinal ?? 0) + 1 + i,
  }));
  const made = await importUnits.run(ctx, { codes: NATIONAL_CODES, validFrom: ctx.at, rows });
  if (!made.ok) throw new Error(`units could not be made: ${JSON.stringify(made.refusal)}`);
  return rows.map(({ name }) => name);
}

const columnsOf = (planned: PlannedTask) => ({
  action_code: planned.actionCode,
  what: planned.what,
  how: planned.how,
  target_steps: planned.targetSteps,
  measure: planned.measure,
  acceptance_standard: planned.acceptanceStandard,
  deadline_at: planned.deadlineAt,
  standing: planned.standing ? 1 : 0,
  lead_unit_id: planned.lead?.unitId ?? null,
  post_title: planned.postTitle,
  note: planned.note,
});

const actionIds = async (ctx: CommandContext, campaignId: string): Promise<Map<string, string>> =>
  new Map((await ctx.tx.selectFrom('action').select(['id', 'code']).where('campaign_id', '=', campaignId).execute()).map(({ id, code }) => [code, id]));

async function createTasks(ctx: CommandContext, places: PlaceIndex, campaign: CampaignRow, planned: readonly PlannedTask[]): Promise<void> {
  const actions = await actionIds(ctx, campaign.id);
  const rows: TaskRow[] = planned.map((task) => ({
    id: ctx.newId('tsk'),
    campaign_id: campaign.id,
    action_id: actions.get(task.actionCode)!,
    no: task.no,
    ...columnsOf(task),
    state: NEW_TASK_STATE,
    origin: 'plan',
    dropped: 0,
    allotted_steps: 0,
    published_version: null,
    version: 1,
    updated_at: ctx.at,
  }));
  for (let i = 0; i < rows.length; i += ROWS_PER_INSERT)
    await ctx.tx
      .insertInto('task')
      .values(rows.slice(i, i + ROWS_PER_INSERT))
      .execute();
  await writeTaskUnits(
    ctx,
    rows.map((row, i) => ({ taskId: row.id, parties: planned[i]!, groupAreaId: groupArea(places, row.lead_unit_id, campaign.area_id, ctx.at) })),
    false,
  );
  const concerns = await concernsOf(ctx.tx, places, ctx.at, rows);
  for (const row of rows) recordTask(ctx, null, row, concerns.get(row.id)!, 'created', { what: row.what, targetSteps: row.target_steps, measure: row.measure, deadlineAt: row.deadline_at });
}

async function updateTask(ctx: CommandContext, places: PlaceIndex, campaign: CampaignRow, task: TaskRow, planned: PlannedTask, columns: readonly string[]): Promise<Result<TaskRow>> {
  const transition = movedTask(task.state, 'update');
  if (!transition.ok) return transition;
  const set = { ...columnsOf(planned), dropped: 0, action_id: (await actionIds(ctx, campaign.id)).get(planned.actionCode)! };
  await writeTaskUnits(ctx, [{ taskId: task.id, parties: planned, groupAreaId: groupArea(places, set.lead_unit_id, campaign.area_id, ctx.at) }], true);
  const concern = (await concernsOf(ctx.tx, places, ctx.at, [{ id: task.id, lead_unit_id: set.lead_unit_id }])).get(task.id)!;
  return saveTask(ctx, task, concern, transition.value, set, { columns, byPlan: true });
}
