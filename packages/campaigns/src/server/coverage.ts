import type { Database } from '@baxing/db';
import { inScope } from '@baxing/identity';
import { scopeFor } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import type { z } from 'zod';
import { type Gap, gapsOf } from '../gaps.ts';
import type { coverageSchema } from '../schemas.ts';
import { type AssignmentState, isHolding, taskPhaseOf, type TaskState, taskStatesOf } from '../states.ts';
import { findCampaign, sees } from './access.ts';
import { concernsOf } from './concerns.ts';
import { gapFacts } from './gap-facts.ts';
import type { GapCell } from './publish-campaign.ts';
import { unitPath } from './register.ts';
import type { AssignmentRow, TaskRow } from './rows.ts';
import { type UnitName, unitName } from './views.ts';

/** One unit's part in one task. */
export interface CoverageCell {
  readonly unitId: string;
  readonly duty: 'lead' | 'responsible' | 'cooperating' | 'assigned';
  /** The group word that brought the unit in; null = named. */
  readonly via: string | null;
  readonly assignments: readonly { readonly assignmentId: string; readonly state: AssignmentState; readonly targetSteps: number }[];
}

export interface CoverageRow {
  readonly taskId: string;
  readonly row: number;
  readonly actionCode: string;
  readonly what: string;
  readonly state: TaskState;
  readonly gaps: readonly Gap[];
  readonly cells: readonly CoverageCell[];
  readonly texts: readonly { readonly duty: string; readonly text: string; readonly members: number }[];
  /** Responsible units that hold nothing of a published task. */
  readonly unassigned: readonly string[];
  readonly remainingSteps: number | null;
}

export interface Coverage {
  readonly units: readonly (UnitName & { readonly kind: string })[];
  readonly tasks: readonly CoverageRow[];
  readonly gaps: readonly GapCell[];
}

/**
 * The matrix task × unit with every gap named; drafts only for who writes the plan. Runs in the reader thread: it reads all tasks of a campaign.
 * @refuses FORBIDDEN, NOT_FOUND
 */
export async function campaignCoverage(db: Database, actor: Actor, input: z.output<typeof coverageSchema>, at: number): Promise<Result<Coverage>> {
  const scope = scopeFor(db, actor, 'campaigns.coverage');
  if (scope === null) return refuse('FORBIDDEN', { verb: 'campaigns.coverage' });
  const campaign = await findCampaign(db, actor, input.campaignId);
  if (!campaign.ok) return campaign;
  const places = db.caches.get(placeCache);
  let query = db.read.selectFrom('task').selectAll().where('campaign_id', '=', input.campaignId).where('state', 'in', taskStatesOf('draft', 'announced')).where('dropped', '=', 0).orderBy('no');
  if (input.actionCode !== undefined) query = query.where('action_code', '=', input.actionCode);
  const tasks = (await query.execute()) as TaskRow[];
  const concerns = await concernsOf(db.read, places, at, tasks);
  const inReach = (unitId: string): boolean => scope !== 'area' || inScope('area', actor, { units: [unitId], areaPath: unitPath(places, unitId, at) });
  const writes = scopeFor(db, actor, 'tasks.update');
  const seen = tasks.filter((task) => sees(scope, writes, actor, task, concerns.get(task.id)!, places, at));
  const held = new Map<string, AssignmentRow[]>();
  for (const row of (await db.read.selectFrom('assignment').selectAll().where('campaign_id', '=', input.campaignId).orderBy('id').execute()) as AssignmentRow[])
    if (isHolding(row.state)) held.set(row.task_id, [...(held.get(row.task_id) ?? []), row]);

  const rows = seen.map((task): CoverageRow => {
    const concern = concerns.get(task.id)!;
    const assignments = held.get(task.id) ?? [];
    const cells = new Map<string, CoverageCell>();
    const add = (unitId: string, duty: CoverageCell['duty'], via: string | null): void => {
      if (cells.has(unitId) || !inReach(unitId)) return;
      cells.set(unitId, {
        unitId,
        duty,
        via,
        assignments: assignments.filter((row) => row.unit_id === unitId).map((row) => ({ assignmentId: row.id, state: row.state, targetSteps: row.target_steps })),
      });
    };
    // Who does the work comes first: 达孜区城市管理局 leads its own task.
    for (const { unitId, via } of concern.responsible) add(unitId, 'responsible', via);
    if (concern.lead !== null) add(concern.lead, 'lead', null);
    for (const { unitId, via } of concern.cooperating) add(unitId, 'cooperating', via);
    for (const row of assignments) add(row.unit_id, 'assigned', null);
    return {
      taskId: task.id,
      row: task.no,
      actionCode: task.action_code,
      what: task.what,
      state: task.state,
      gaps: gapsOf(gapFacts(task, concern)),
      cells: [...cells.values()],
      texts: concern.texts,
      unassigned: taskPhaseOf(task.state) === 'announced' ? [...cells.values()].filter((cell) => cell.duty === 'responsible' && cell.assignments.length === 0).map(({ unitId }) => unitId) : [],
      remainingSteps: task.target_steps === null ? null : task.target_steps - task.allotted_steps,
    };
  });
  const columns = new Set(rows.flatMap((row) => row.cells.map(({ unitId }) => unitId)));
  const known = places.units(at).filter((unit) => columns.has(unit.id));
  const order = [...known.map((unit) => unit.id), ...[...columns].filter((unitId) => !known.some((unit) => unit.id === unitId))];
  return ok({
    units: order.map((unitId) => ({ ...unitName(places, unitId), kind: places.unit(unitId)?.kind ?? '' })),
    tasks: rows,
    gaps: rows.flatMap((row) => row.gaps.map((gap) => ({ taskId: row.taskId, row: row.row, what: row.what, ...gap }))),
  });
}
