import { civil, formatSpan, formatTime } from '@baxing/ui/format';
import { limitLabel } from '#lib/labels.ts';
import { m } from '#lib/paraglide/messages.js';
import type { TicketView } from './predict.ts';

type Deadline = NonNullable<TicketView['deadline']>;

const INTERVALS_SHOWN = 4;

const day = (at: number): string => m.field_day({ month: String(civil(at).month), day: String(civil(at).day) });
const moment = (at: number): string => `${day(at)} ${formatTime(at)}`;

/** How a due time came about, one sentence per line: from when, how much, which hours were counted, until when. */
export function deadlineWords(deadline: Deadline): string[] {
  const lines = [m.field_deadline_start({ at: moment(deadline.startedAt), limit: limitLabel(deadline.value, deadline.unit) })];
  if (deadline.state === 'awaiting_calendar' || deadline.dueAt === null) return [...lines, m.field_deadline_awaiting()];
  const { intervals } = deadline;
  const shown = intervals.length > INTERVALS_SHOWN ? [...intervals.slice(0, INTERVALS_SHOWN - 1), ...intervals.slice(-1)] : intervals;
  for (const [index, { from, to }] of shown.entries()) {
    if (index === shown.length - 1 && shown.length < intervals.length) lines.push(m.field_deadline_skipped({ count: String(intervals.length - shown.length) }));
    lines.push(m.field_deadline_interval({ day: day(from), from: formatTime(from), to: civil(from).day === civil(to).day ? formatTime(to) : moment(to), span: formatSpan(to - from) }));
  }
  if (deadline.localCalendar === 'unknown') lines.push(m.field_deadline_local_unknown());
  return [...lines, m.field_deadline_due({ at: moment(deadline.dueAt) })];
}
