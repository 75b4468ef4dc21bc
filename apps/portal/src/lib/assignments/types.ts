import type { Outputs } from '#lib/api.ts';

export type AssignmentLine = Outputs['assignments']['list']['rows'][number];
export type AssignmentDetail = Outputs['assignments']['get'];
export type TicketLine = Outputs['tickets']['list']['rows'][number];

/** What a verb left behind: the next one may follow before the page has asked again. */
export type Moved = Outputs['assignments']['report'];

/** What the dialogs need of an assignment, from a row or from its page. */
export interface AssignmentRef {
  readonly assignmentId: string;
  readonly taskId: string;
  readonly unit: { readonly unitId: string; readonly name: string; readonly shortName: string };
  readonly what: string;
  readonly measure: string;
  readonly state: AssignmentLine['state'];
  readonly targetSteps: number;
  readonly reportedSteps: number;
  readonly verifiedSteps: number;
  readonly deadlineAt: number | null;
  readonly version: number;
}
