import { formatDateTime, formatSpan, type TimelineEntry } from '@baxing/ui';
import type { Outputs } from '#lib/api.ts';
import { m } from '#lib/paraglide/messages.js';
import { reference } from '#lib/tickets/reference.svelte.ts';

type Entry = Outputs['tickets']['history']['entries'][number];

const TITLES: Readonly<Record<string, (() => string) | undefined>> = {
  'ticket.reported': m.tickets_event_reported,
  'ticket.dispatched': m.tickets_event_dispatched,
  'ticket.assigned': m.tickets_event_assigned,
  'ticket.accepted': m.tickets_event_accepted,
  'ticket.returned': m.tickets_event_returned,
  'ticket.submitted': m.tickets_event_submitted,
  'ticket.verified': m.tickets_event_verified,
  'ticket.reworked': m.tickets_event_reworked,
  'ticket.closed': m.tickets_event_closed,
  'ticket.dueSoon': m.tickets_event_due_soon,
  'ticket.breached': m.tickets_event_breached,
  'ticket.deadlineSet': m.tickets_event_deadline_set,
};

const TONES: Readonly<Record<string, TimelineEntry['tone']>> = {
  'ticket.breached': 'alarm',
  'ticket.returned': 'soon',
  'ticket.reworked': 'soon',
  'ticket.dueSoon': 'soon',
  'ticket.verified': 'done',
  'ticket.closed': 'done',
};

const MACHINES: Readonly<Record<string, (() => string) | undefined>> = { timer: m.tickets_origin_timer, job: m.tickets_origin_job, cli: m.tickets_origin_cli };
const originText = (origin: string): string => MACHINES[origin]?.() ?? (origin === '' ? '' : m.tickets_origin_address({ address: origin }));

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const instant = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? value : null);

/** What one entry says beyond its title: to whom, why, until when, how many photos. */
function details(entry: Entry): string[] {
  const { data } = entry;
  const parts: string[] = [];
  const unit = text(data['unitId']);
  if (entry.type === 'ticket.dispatched' || entry.type === 'ticket.assigned') {
    const worker = reference.workerName(unit, text(data['workerPostId']));
    const to = [reference.unitName(unit), worker].filter(Boolean).join(' · ');
    if (to) parts.push(m.tickets_history_to({ to }));
  }
  const reason = text(data['reason']);
  if (reason) parts.push(m.tickets_history_reason({ reason }));
  const note = text(data['note']);
  if (note) parts.push(note);
  const due = instant(data['dueAt']);
  if (due) parts.push(m.tickets_history_due({ due: formatDateTime(due) }));
  if (typeof data['photos'] === 'number' && data['photos'] > 0) parts.push(m.tickets_history_photos({ count: String(data['photos']) }));
  const occurred = instant(data['occurredAt']);
  if (occurred && Math.abs(entry.at - occurred) > 120_000) parts.push(m.tickets_history_occurred({ at: formatDateTime(occurred), span: formatSpan(entry.at - occurred) }));
  return parts;
}

export const timelineOf = (entries: readonly Entry[]): TimelineEntry[] =>
  entries.map((entry) => ({
    id: String(entry.id),
    at: entry.at,
    title: TITLES[entry.type]?.() ?? entry.type,
    by: entry.postTitle === '' ? originText(entry.origin) : `${entry.unitName} · ${entry.postTitle}（${originText(entry.origin)}）`,
    detail: details(entry).join('；') || undefined,
    tone: TONES[entry.type],
  }));
