/** What a task lacks of the four questions. A gap names the plan's column that has to be filled. */
export const GAP_CODES = ['no_owner', 'no_deadline', 'no_number', 'no_standard'] as const;
export type GapCode = (typeof GAP_CODES)[number];

export interface Gap {
  readonly code: GapCode;
  readonly column: 'lead' | 'responsible' | 'deadline' | 'target' | 'measure' | 'standard';
}

export interface GapFacts {
  readonly leadUnitId: string | null;
  /** Responsible units that the register knows, group words resolved. */
  readonly responsibleUnits: number;
  readonly targetSteps: number | null;
  readonly measure: string;
  readonly acceptanceStandard: string;
  readonly deadlineAt: number | null;
  /** 长期坚持: a standing duty has no deadline and lacks none. */
  readonly standing: boolean;
}

export function gapsOf(task: GapFacts): Gap[] {
  const gaps: Gap[] = [];
  if (task.leadUnitId === null) gaps.push({ code: 'no_owner', column: 'lead' });
  if (task.responsibleUnits === 0) gaps.push({ code: 'no_owner', column: 'responsible' });
  if (task.deadlineAt === null && !task.standing) gaps.push({ code: 'no_deadline', column: 'deadline' });
  if (task.targetSteps === null) gaps.push({ code: 'no_number', column: 'target' });
  else if (task.measure === '') gaps.push({ code: 'no_number', column: 'measure' });
  if (task.acceptanceStandard === '') gaps.push({ code: 'no_standard', column: 'standard' });
  return gaps;
}
