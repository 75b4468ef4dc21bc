import type { CommandContext } from '@baxing/db';
import { DAY_MS } from '@baxing/kernel';
import { type CampaignPolicy, campaignPolicySchema } from '../schemas.ts';
import type { AssignmentRow, CampaignRow } from './rows.ts';

/**
 * The two time limits of an assignment. Accepting runs on a clock of the calendar engine; the work itself is due at the end of a civil day (24:00 in China),
 * because a plan names days. Both are found by timers, never by someone opening a page.
 */
export const ACCEPT_CLOCK = 'accept';
export const WARN_TIMER = 'assignment.warn';
export const LATE_TIMER = 'assignment.late';

export const policyOf = (campaign: Pick<CampaignRow, 'policy'>): CampaignPolicy => campaignPolicySchema.parse(JSON.parse(campaign.policy));

export function setWorkTimers(ctx: CommandContext, assignment: Pick<AssignmentRow, 'id' | 'deadline_at'>, policy: CampaignPolicy): void {
  if (assignment.deadline_at === null) return;
  ctx.setTimer({ kind: WARN_TIMER, subjectId: assignment.id, dueAt: assignment.deadline_at - policy.warnDays * DAY_MS });
  ctx.setTimer({ kind: LATE_TIMER, subjectId: assignment.id, dueAt: assignment.deadline_at });
}

export function clearWorkTimers(ctx: CommandContext, assignmentId: string): void {
  ctx.clearTimer(WARN_TIMER, assignmentId);
  ctx.clearTimer(LATE_TIMER, assignmentId);
}
