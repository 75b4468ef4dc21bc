import { defineCommand } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Result, ok, refuse } from '@baxing/kernel';
import { type Gap, gapsOf } from '../gaps.ts';
import { publishSchema } from '../schemas.ts';
import { assignmentStatesOf, movedAssignment, movedTask, taskPhaseOf, taskStatesOf } from '../states.ts';
import { accessCampaign } from './access.ts';
import { concernsOf } from './concerns.ts';
import { gapFacts } from './gap-facts.ts';
import type { AssignmentRow, TaskRow } from './rows.ts';
import { release, saveTask } from './save.ts';

export interface GapCell extends Gap {
  readonly taskId: string;
  /** The plan's own number of the row. */
  readonly row: number;
  readonly what: string;
}

interface PublishedTask {
  readonly taskId: string;
  readonly row: number;
  readonly what: string;
}

export interface PublishPreview {
  readonly dryRun: boolean;
  readonly version: number;
  /** Published for the first time. */
  readonly create: readonly PublishedTask[];
  /** Published before and changed since. */
  readonly change: readonly PublishedTask[];
  /** No longer in the plan, with as many assignments that end with them. */
  readonly cancel: readonly (PublishedTask & { readonly assignments: number })[];
  readonly gaps: readonly GapCell[];
}

const named = ({ id, no, what }: TaskRow): PublishedTask => ({ taskId: id, row: no, what });

/**
 * Announces the plan: drafts become tasks that can be assigned, what the plan dropped is cancelled with its open assignments.
 * `dryRun` only says what would happen, gaps included.
 * @refuses NOT_FOUND, FORBIDDEN, CONFLICT; GAPS {cells: [{taskId, row, what, column, code}], total}
 */
export const publishCampaign = defineCommand({
  name: 'campaigns.publish',
  input: publishSchema,
  async run(ctx, input): Promise<Result<PublishPreview>> {
    const access = await accessCampaign(ctx, input, 'campaigns.publish');
    if (!access.ok) return access;
    const campaign = access.value;
    const places = ctx.cached(placeCache);
    const tasks = (await ctx.tx.selectFrom('task').selectAll().where('campaign_id', '=', campaign.id).where('state', 'in', taskStatesOf('draft', 'announced')).orderBy('no').execute()) as TaskRow[];
    const concerns = await concernsOf(ctx.tx, places, ctx.at, tasks);
    const live = tasks.filter((task) => task.dropped === 0);
    const dropped = tasks.filter((task) => task.dropped === 1);
    const create = live.filter((task) => taskPhaseOf(task.state) === 'draft');
    const change = live.filter((task) => taskPhaseOf(task.state) === 'announced' && task.version !== task.published_version);
    const gaps = live.flatMap((task) => gapsOf(gapFacts(task, concerns.get(task.id)!)).map((gap) => ({ ...named(task), ...gap })));
    const open = new Map<string, AssignmentRow[]>();
    for (const task of dropped) {
      const rows = await ctx.tx
        .selectFrom('assignment')
        .selectAll()
        .where('task_id', '=', task.id)
        .where('state', 'in', assignmentStatesOf('waiting', 'working', 'checking', 'back'))
        .execute();
      open.set(task.id, rows as AssignmentRow[]);
    }
    const preview = { create: create.map(named), change: change.map(named), cancel: dropped.map((task) => ({ ...named(task), assignments: open.get(task.id)!.length })), gaps };
    if (input.dryRun) return ok({ dryRun: true, version: campaign.version, ...preview });
    if (gaps.length > 0) return refuse('GAPS', { cells: gaps.slice(0, 200), total: gaps.length });

    for (const task of [...create, ...change]) {
      const transition = movedTask(task.state, 'publish');
      if (!transition.ok) return transition;
      const saved = await saveTask(ctx, task, concerns.get(task.id)!, transition.value, { published_version: task.version + 1 });
      if (!saved.ok) return saved;
    }
    for (const task of dropped) {
      for (const assignment of open.get(task.id)!) {
        const transition = movedAssignment(assignment.state, 'cancel');
        if (!transition.ok) return transition;
        const ended = await release(ctx, assignment, transition.value, {}, { reason: 'dropped' });
        if (!ended.ok) return ended;
      }
      const transition = movedTask(task.state, 'cancel');
      if (!transition.ok) return transition;
      const saved = await saveTask(ctx, task, concerns.get(task.id)!, transition.value);
      if (!saved.ok) return saved;
    }
    const version = campaign.version + 1;
    const saved = await ctx.tx
      .updateTable('campaign')
      .set({ state: 'published', published_at: campaign.published_at ?? ctx.at, version })
      .where('id', '=', campaign.id)
      .where('version', '=', campaign.version)
      .executeTakeFirst();
    if (saved.numUpdatedRows !== 1n) return refuse('CONFLICT', { version: campaign.version });
    ctx.record({
      type: 'campaign.published',
      subject: 'campaign',
      subjectId: campaign.id,
      scope: { areaPath: places.pathOf(campaign.area_id) },
      data: { created: create.length, changed: change.length, cancelled: dropped.length, version },
    });
    return ok({ dryRun: false, version, ...preview });
  },
});
