import { defineCommand } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { fromSteps, type Result, ok, refuse, unitOfMeasure } from '@baxing/kernel';
import { gapsOf } from '../gaps.ts';
import { updateTaskSchema } from '../schemas.ts';
import { type TaskState, taskPhaseOf } from '../states.ts';
import { accessTask } from './access.ts';
import { concernsOf } from './concerns.ts';
import { gapFacts } from './gap-facts.ts';
import { groupArea } from './register.ts';
import type { TaskRow } from './rows.ts';
import { saveTask } from './save.ts';
import { addAttachments, readParties, readTarget } from './task-fields.ts';
import { type NamedParty, writeTaskUnits } from './task-units.ts';

/**
 * Mends a task. What is already assigned binds: neither another measure nor a smaller target than what was given out, and a published task gets no gap back.
 * @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT; VALIDATION {field, rule: UNIT | TWICE | STEPS | BELOW_ALLOTTED | ASSIGNED}; GAPS {cells}
 */
export const updateTask = defineCommand({
  name: 'tasks.update',
  input: updateTaskSchema,
  async run(ctx, input): Promise<Result<{ taskId: string; version: number; state: TaskState; gaps: ReturnType<typeof gapsOf> }>> {
    const access = await accessTask(ctx, input, 'update');
    if (!access.ok) return access;
    const { task, transition } = access.value;
    const places = ctx.cached(placeCache);
    if (typeof input.leadUnitId === 'string' && !places.unit(input.leadUnitId, ctx.at)) return refuse('VALIDATION', { field: 'leadUnitId', rule: 'UNIT' });
    const measure = input.measure ?? task.measure;
    if (measure !== task.measure && task.allotted_steps > 0) return refuse('VALIDATION', { field: 'measure', rule: 'ASSIGNED' });
    // Another measure counts other steps: the written number stays.
    const written = input.target === undefined ? (task.target_steps === null ? null : fromSteps(task.target_steps, unitOfMeasure(task.measure))) : input.target;
    const target = readTarget(written, measure);
    if (!target.ok) return target;
    if ((target.value ?? 0) < task.allotted_steps) return refuse('VALIDATION', { field: 'target', rule: 'BELOW_ALLOTTED', allottedSteps: task.allotted_steps });
    const standing = input.standing ?? task.standing === 1;
    const set: Partial<TaskRow> = {
      what: input.what ?? task.what,
      how: input.how ?? task.how,
      target_steps: target.value,
      measure,
      acceptance_standard: input.acceptanceStandard ?? task.acceptance_standard,
      deadline_at: standing ? null : input.deadlineAt === undefined ? task.deadline_at : input.deadlineAt,
      standing: standing ? 1 : 0,
      lead_unit_id: input.leadUnitId === undefined ? task.lead_unit_id : input.leadUnitId,
      post_title: input.postTitle ?? task.post_title,
      note: input.note ?? task.note,
    };
    const after = { ...task, ...set };
    const columns = (Object.keys(set) as (keyof TaskRow)[]).filter((column) => task[column] !== after[column]) as string[];
    if (input.responsible !== undefined || input.cooperating !== undefined || columns.includes('lead_unit_id')) {
      const stored = await ctx.tx.selectFrom('task_unit').selectAll().where('task_id', '=', task.id).orderBy('ordinal').execute();
      const kept = (duty: string): NamedParty[] =>
        stored.filter((row) => row.duty === duty).map((row) => ({ unitId: row.unit_id, text: row.text, groupKind: row.group_kind as NamedParty['groupKind'] }));
      const responsible = input.responsible === undefined ? ok(kept('responsible')) : readParties(places, ctx.at, 'responsible', input.responsible);
      if (!responsible.ok) return responsible;
      const cooperating = input.cooperating === undefined ? ok(kept('cooperating')) : readParties(places, ctx.at, 'cooperating', input.cooperating);
      if (!cooperating.ok) return cooperating;
      const campaign = await ctx.tx.selectFrom('campaign').select('area_id').where('id', '=', task.campaign_id).executeTakeFirstOrThrow();
      await writeTaskUnits(
        ctx,
        [{ taskId: task.id, parties: { responsible: responsible.value, cooperating: cooperating.value }, groupAreaId: groupArea(places, after.lead_unit_id, campaign.area_id, ctx.at) }],
        true,
      );
      columns.push('units');
    }
    const files = await addAttachments(ctx, task.id, input.attachments ?? []);
    if (!files.ok) return files;
    const concern = (await concernsOf(ctx.tx, places, ctx.at, [after])).get(task.id)!;
    const gaps = gapsOf(gapFacts(after, concern));
    if (taskPhaseOf(task.state) === 'announced' && gaps.length > 0) return refuse('GAPS', { cells: gaps.map((gap) => ({ taskId: task.id, row: task.no, what: after.what, ...gap })) });
    const saved = await saveTask(ctx, task, concern, transition, set, { columns });
    return saved.ok ? ok({ taskId: task.id, version: saved.value.version, state: saved.value.state, gaps }) : saved;
  },
});
