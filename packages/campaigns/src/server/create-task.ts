import { defineCommand } from '@baxing/db';
import { inScope } from '@baxing/identity';
import { authorise } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Result, ok, refuse } from '@baxing/kernel';
import { createTaskSchema } from '../schemas.ts';
import type { TaskState } from '../states.ts';
import { concernsOf } from './concerns.ts';
import { groupArea } from './register.ts';
import type { TaskRow } from './rows.ts';
import { recordTask } from './save.ts';
import { addAttachments, readParties, readTarget } from './task-fields.ts';
import { writeTaskUnits } from './task-units.ts';

const NEW_TASK_STATE: TaskState = 'draft';

/**
 * A task beside the plan, as a draft with the next free number; it may have gaps until it is published.
 * @refuses FORBIDDEN (a task force writes only its own action); NOT_FOUND {campaignId | actionCode | fileId}; VALIDATION {field}; CONFLICT
 */
export const createTask = defineCommand({
  name: 'tasks.create',
  input: createTaskSchema,
  async run(ctx, input): Promise<Result<{ taskId: string; no: number; version: number }>> {
    const scope = authorise(ctx, 'tasks.create');
    const campaign = await ctx.tx.selectFrom('campaign').selectAll().where('id', '=', input.campaignId).executeTakeFirst();
    if (!campaign) return refuse('NOT_FOUND', { campaignId: input.campaignId });
    const action = await ctx.tx.selectFrom('action').select(['id', 'code']).where('campaign_id', '=', campaign.id).where('code', '=', input.actionCode).executeTakeFirst();
    if (!action) return refuse('NOT_FOUND', { actionCode: input.actionCode });
    if (!inScope(scope, ctx.actor, { actionCode: action.code })) return refuse('FORBIDDEN', { verb: 'tasks.create', actionCode: action.code });
    const places = ctx.cached(placeCache);
    if (input.leadUnitId !== null && !places.unit(input.leadUnitId, ctx.at)) return refuse('VALIDATION', { field: 'leadUnitId' });
    const target = readTarget(input.target, input.measure);
    if (!target.ok) return target;
    const responsible = readParties(places, ctx.at, 'responsible', input.responsible);
    if (!responsible.ok) return responsible;
    const cooperating = readParties(places, ctx.at, 'cooperating', input.cooperating);
    if (!cooperating.ok) return cooperating;
    // Numbers are given under the campaign's version, as plans do.
    const mine = await ctx.tx
      .updateTable('campaign')
      .set({ version: campaign.version + 1 })
      .where('id', '=', campaign.id)
      .where('version', '=', campaign.version)
      .executeTakeFirst();
    if (mine.numUpdatedRows !== 1n) return refuse('CONFLICT', { version: campaign.version });
    const last = await ctx.tx
      .selectFrom('task')
      .select((eb) => eb.fn.max<number | null>('no').as('no'))
      .where('campaign_id', '=', campaign.id)
      .executeTakeFirst();
    const task: TaskRow = {
      id: ctx.newId('tsk'),
      campaign_id: campaign.id,
      action_id: action.id,
      action_code: action.code,
      no: (last?.no ?? 0) + 1,
      what: input.what,
      how: input.how,
      target_steps: target.value,
      measure: input.measure,
      acceptance_standard: input.acceptanceStandard,
      deadline_at: input.standing ? null : input.deadlineAt,
      standing: input.standing ? 1 : 0,
      lead_unit_id: input.leadUnitId,
      post_title: input.postTitle,
      note: input.note,
      state: NEW_TASK_STATE,
      origin: 'hand',
      dropped: 0,
      allotted_steps: 0,
      published_version: null,
      version: 1,
      updated_at: ctx.at,
    };
    await ctx.tx.insertInto('task').values(task).execute();
    await writeTaskUnits(
      ctx,
      [{ taskId: task.id, parties: { responsible: responsible.value, cooperating: cooperating.value }, groupAreaId: groupArea(places, task.lead_unit_id, campaign.area_id, ctx.at) }],
      false,
    );
    const files = await addAttachments(ctx, task.id, input.attachments);
    if (!files.ok) return files;
    const concern = (await concernsOf(ctx.tx, places, ctx.at, [task])).get(task.id)!;
    recordTask(ctx, null, task, concern, 'created', { what: task.what, targetSteps: task.target_steps, measure: task.measure, deadlineAt: task.deadline_at });
    return ok({ taskId: task.id, no: task.no, version: task.version });
  },
});
