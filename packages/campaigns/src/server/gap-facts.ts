import type { GapFacts } from '../gaps.ts';
import type { TaskConcern } from './concerns.ts';
import type { TaskRow } from './rows.ts';

export const gapFacts = (task: TaskRow, concern: TaskConcern): GapFacts => ({
  leadUnitId: task.lead_unit_id,
  responsibleUnits: concern.responsible.length,
  targetSteps: task.target_steps,
  measure: task.measure,
  acceptanceStandard: task.acceptance_standard,
  deadlineAt: task.deadline_at,
  standing: task.standing === 1,
});
