import { m } from '#lib/paraglide/messages.js';
import type { CoverageCell, CoverageTask } from '#lib/plan/types.ts';
import { quantity } from '#lib/plan/words.ts';

/** How a cell of the matrix reads: one character on the screen, a sentence for the ear and the pointer. */

const SHORT: Readonly<Record<CoverageCell['duty'], () => string>> = {
  lead: m.plan_duty_lead_short,
  responsible: m.plan_duty_responsible_short,
  cooperating: m.plan_duty_cooperating_short,
  assigned: m.plan_duty_assigned_short,
};
const LONG: Readonly<Record<CoverageCell['duty'], () => string>> = {
  lead: m.plan_column_lead,
  responsible: m.plan_column_responsible,
  cooperating: m.plan_column_cooperating,
  assigned: m.plan_duty_assigned,
};

export const dutyShort = (duty: CoverageCell['duty']): string => SHORT[duty]();

export type CellTone = 'done' | 'open' | 'due' | 'lead' | 'helper';

/** Assigned · named in a draft · named, published and still without an assignment · leads · helps. */
export function cellTone(cell: CoverageCell, task: CoverageTask): CellTone {
  if (cell.assignments.length > 0) return 'done';
  if (task.unassigned.includes(cell.unitId)) return 'due';
  return cell.duty === 'responsible' ? 'open' : cell.duty === 'lead' ? 'lead' : 'helper';
}

export function cellSentence(cell: CoverageCell, task: CoverageTask, unit: string, measure: string): string {
  const words = [m.plan_cell_duty({ unit, duty: LONG[cell.duty]() })];
  if (cell.via !== null) words.push(m.plan_cell_via({ word: cell.via }));
  if (cell.assignments.length > 0) words.push(m.plan_cell_assigned({ target: quantity(held(cell), measure) }));
  else if (task.unassigned.includes(cell.unitId)) words.push(m.plan_cell_unassigned());
  return words.join('，');
}

export const held = (cell: CoverageCell): number => cell.assignments.reduce((sum, assignment) => sum + assignment.targetSteps, 0);
