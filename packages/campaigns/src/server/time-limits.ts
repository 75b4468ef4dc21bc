import { isOverdue } from '@baxing/clocks';
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

type Due = Pick<AssignmentRow, 'deadline_at' | 'late'>;

/** Whoever moves an owed assignment past its deadline writes that it is late: afterwards its timer finds nothing owed and says nothing. */
export const lateBy = ({ deadline_at, late }: Due, at: number): number => (isOverdue(deadline_at, at) ? 1 : late);

const warnsAt = (deadlineAt: number, policy: CampaignPolicy): number => deadlineAt - policy.warnDays * DAY_MS;

/** The flags of work that is owed again after it was handed in; a timer that fired meanwhile found nothing owed and does not fire twice. */
export async function flagsOwedAgain(ctx: CommandContext, assignment: Due & Pick<AssignmentRow, 'campaign_id'>): Promise<{ late: number; warned: number }> {
  const { deadline_at } = assignment;
  const campaign = await ctx.tx.selectFrom('campaign').select('policy').where('id', '=', assignment.campaign_id).executeTakeFirstOrThrow();
  return { late: lateBy(assignment, ctx.at), warned: deadline_at !== null && isOverdue(warnsAt(deadline_at, policyOf(campaign)), ctx.at) ? 1 : 0 };
}

export function setWorkTimers(ctx: CommandContext, assignment: Pick<AssignmentRow, 'id' | 'deadline_at'>, policy: CampaignPolicy): void {
  if (assignment.deadline_at === null) return;
  ctx.setTimer({ kind: WARN_TIMER, subjectId: assignment.id, dueAt: warnsAt(assignment.deadline_at, policy) });
  ctx.setTimer({ kind: LATE_TIMER, subjectId: assignment.id, dueAt: assignment.deadline_at });
}

export function clearWorkTimers(ctx: CommandContext, assignmentId: string): void {
  ctx.clearTimer(WARN_TIMER, assignmentId);
  ctx.clearTimer(LATE_TIMER, assignmentId);
}
