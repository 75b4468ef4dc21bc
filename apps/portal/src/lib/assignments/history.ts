import { formatDate, type TimelineEntry } from '@baxing/ui';
import { m } from '#lib/paraglide/messages.js';
import { lastDay, quantity } from '#lib/plan/words.ts';
import type { AssignmentDetail } from './types.ts';

/** What happened to an assignment, oldest first, from what its page knows. The complete story with who sent it back and when is the audit log's. */
export function historyOf(view: AssignmentDetail, postName: (postId: string | null) => string, issuer: string): TimelineEntry[] {
  const say = (steps: number): string => quantity(steps, view.measure);
  const holder = view.unit.name;
  const entries: TimelineEntry[] = [
    {
      id: 'assigned',
      at: view.assignedAt,
      title: m.assign_history_assigned(),
      by: issuer,
      detail: [m.assign_history_assigned_detail({ target: say(view.targetSteps) }), view.deadlineAt === null ? '' : m.assign_history_due({ date: formatDate(lastDay(view.deadlineAt)) }), view.note].filter(Boolean).join('；'),
    },
  ];
  if (view.acceptedAt !== null)
    entries.push({ id: 'accepted', at: view.acceptedAt, title: m.assign_history_accepted(), by: holder, ...(view.acceptLate ? { detail: m.assign_history_accepted_late(), tone: 'alarm' as const } : {}) });
  for (const report of view.reports)
    entries.push({
      id: report.reportId,
      at: report.at,
      title: report.steps < 0 ? m.assign_history_corrected({ steps: say(report.steps) }) : m.assign_history_reported({ steps: say(report.steps) }),
      by: postName(report.postId) || holder,
      detail: [report.note, report.fileIds.length > 0 ? m.assign_history_photos({ count: String(report.fileIds.length) }) : ''].filter(Boolean).join('；') || undefined,
    });
  if (view.submittedAt !== null) entries.push({ id: 'submitted', at: view.submittedAt, title: m.assign_history_submitted(), by: holder });
  if (view.verifiedAt !== null) entries.push({ id: 'verified', at: view.verifiedAt, title: m.assign_history_verified({ steps: say(view.verifiedSteps) }), by: issuer, tone: 'done' });
  return entries.toSorted((a, b) => a.at - b.at);
}
