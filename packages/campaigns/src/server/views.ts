import type { PlaceIndex } from '@baxing/jurisdictions/server';
import { fromSteps, unitOfMeasure } from '@baxing/kernel';
import { type Light, lightOf } from '../light.ts';
import { assignmentPhaseOf, type AssignmentState, isHolding, isOwed, type TaskState } from '../states.ts';
import type { TaskConcern } from './concerns.ts';
import type { AssignmentRow, CampaignRow, TaskRow } from './rows.ts';

/** Rows as readers get them. Quantities both as steps and as written numbers (`scale` decimal places). */

export interface UnitName {
  readonly unitId: string;
  readonly name: string;
  readonly shortName: string;
}

export interface CampaignSummary {
  readonly campaignId: string;
  readonly name: string;
  readonly areaId: string;
  readonly state: string;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly publishedAt: number | null;
  readonly version: number;
}

export const campaignSummary = (row: CampaignRow): CampaignSummary => ({
  campaignId: row.id,
  name: row.name,
  areaId: row.area_id,
  state: row.state,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  publishedAt: row.published_at,
  version: row.version,
});

export interface TaskView {
  readonly taskId: string;
  readonly campaignId: string;
  readonly actionCode: string;
  /** The plan's own number of the row. */
  readonly no: number;
  readonly what: string;
  readonly how: string;
  readonly targetSteps: number | null;
  readonly target: number | null;
  readonly measure: string;
  readonly scale: number;
  readonly acceptanceStandard: string;
  /** The first instant that is late. */
  readonly deadlineAt: number | null;
  readonly standing: boolean;
  readonly lead: UnitName | null;
  readonly responsible: readonly (UnitName & { readonly via: string | null })[];
  readonly cooperating: readonly (UnitName & { readonly via: string | null })[];
  /** Names that the register does not know, and communities with their number. */
  readonly texts: TaskConcern['texts'];
  readonly postTitle: string;
  readonly note: string;
  readonly state: TaskState;
  readonly dropped: boolean;
  readonly allottedSteps: number;
  readonly version: number;
}

export const unitName = (places: PlaceIndex, unitId: string): UnitName => {
  const unit = places.unit(unitId);
  return { unitId, name: unit?.name ?? unitId, shortName: unit?.shortName ?? unitId };
};

export function taskView(task: TaskRow, concern: TaskConcern, places: PlaceIndex): TaskView {
  const measure = unitOfMeasure(task.measure);
  const parties = (list: TaskConcern['responsible']) => list.map(({ unitId, via }) => ({ ...unitName(places, unitId), via }));
  return {
    taskId: task.id,
    campaignId: task.campaign_id,
    actionCode: task.action_code,
    no: task.no,
    what: task.what,
    how: task.how,
    targetSteps: task.target_steps,
    target: task.target_steps === null ? null : fromSteps(task.target_steps, measure),
    measure: task.measure,
    scale: measure.scale,
    acceptanceStandard: task.acceptance_standard,
    deadlineAt: task.deadline_at,
    standing: task.standing === 1,
    lead: concern.lead === null ? null : unitName(places, concern.lead),
    responsible: parties(concern.responsible),
    cooperating: parties(concern.cooperating),
    texts: concern.texts,
    postTitle: task.post_title,
    note: task.note,
    state: task.state,
    dropped: task.dropped === 1,
    allottedSteps: task.allotted_steps,
    version: task.version,
  };
}

export interface AssignmentView {
  readonly assignmentId: string;
  readonly campaignId: string;
  readonly actionCode: string;
  readonly taskId: string;
  readonly taskNo: number;
  readonly what: string;
  readonly measure: string;
  readonly scale: number;
  readonly unit: UnitName;
  readonly postId: string | null;
  readonly state: AssignmentState;
  readonly light: Light;
  readonly targetSteps: number;
  readonly reportedSteps: number;
  readonly verifiedSteps: number;
  readonly target: number;
  readonly reported: number;
  readonly verified: number;
  readonly deadlineAt: number | null;
  readonly acceptDueAt: number | null;
  readonly note: string;
  /** Why it was last returned or sent back. */
  readonly reason: string;
  readonly assignedAt: number;
  readonly acceptedAt: number | null;
  readonly submittedAt: number | null;
  readonly verifiedAt: number | null;
  readonly acceptLate: boolean;
  readonly warned: boolean;
  readonly late: boolean;
  readonly round: number;
  readonly replacesId: string | null;
  readonly ticketsOpen: number;
  readonly ticketsClosed: number;
  readonly version: number;
}

export function assignmentView(row: AssignmentRow, task: Pick<TaskRow, 'no' | 'what' | 'measure'>, tickets: { readonly open: number; readonly closed: number }, places: PlaceIndex): AssignmentView {
  const measure = unitOfMeasure(task.measure);
  const owed = isOwed(row.state);
  const warned = row.warned === 1 || row.accept_warned === 1 || (row.accept_late === 1 && assignmentPhaseOf(row.state) === 'waiting');
  return {
    assignmentId: row.id,
    campaignId: row.campaign_id,
    actionCode: row.action_code,
    taskId: row.task_id,
    taskNo: task.no,
    what: task.what,
    measure: task.measure,
    scale: measure.scale,
    unit: unitName(places, row.unit_id),
    postId: row.post_id,
    state: row.state,
    light: lightOf({ held: Number(isHolding(row.state)), late: Number(owed && row.late === 1), warned: Number(owed && warned) }),
    targetSteps: row.target_steps,
    reportedSteps: row.reported_steps,
    verifiedSteps: row.verified_steps,
    target: fromSteps(row.target_steps, measure),
    reported: fromSteps(row.reported_steps, measure),
    verified: fromSteps(row.verified_steps, measure),
    deadlineAt: row.deadline_at,
    acceptDueAt: row.accept_due_at,
    note: row.note,
    reason: row.reason,
    assignedAt: row.assigned_at,
    acceptedAt: row.accepted_at,
    submittedAt: row.submitted_at,
    verifiedAt: row.verified_at,
    acceptLate: row.accept_late === 1,
    warned,
    late: row.late === 1,
    round: row.round,
    replacesId: row.replaces_id,
    ticketsOpen: tickets.open,
    ticketsClosed: tickets.closed,
    version: row.version,
  };
}
