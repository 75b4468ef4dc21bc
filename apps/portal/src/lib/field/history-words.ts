import { m } from '#lib/paraglide/messages.js';
import type { TicketReading } from './ticket-reading.ts';

export interface HistoryLine {
  readonly id: string;
  readonly at: number;
  readonly title: string;
  readonly by: string;
  readonly detail: string;
}

const TITLES: Readonly<Record<string, (() => string) | undefined>> = {
  'ticket.reported': m.domain_verb_report,
  'ticket.dispatched': m.domain_verb_dispatch,
  'ticket.assigned': m.domain_verb_assign,
  'ticket.accepted': m.domain_verb_accept,
  'ticket.returned': m.domain_verb_return,
  'ticket.submitted': m.domain_verb_submit,
  'ticket.verified': m.domain_verb_verify,
  'ticket.reworked': m.domain_verb_rework,
  'ticket.closed': m.domain_verb_close,
  'ticket.breached': m.field_event_breached,
  'ticket.warned': m.field_event_warned,
};

/** What happened to a ticket in a worker's words, oldest first; what has no word here is for the desk. */
export const historyWords = (entries: TicketReading['history']): HistoryLine[] =>
  entries.flatMap((entry) => {
    const title = TITLES[entry.type]?.();
    if (!title) return [];
    const detail = [entry.data['reason'], entry.data['note']].filter((words): words is string => typeof words === 'string' && words !== '').join('；');
    return [{ id: String(entry.id), at: entry.at, title, by: [entry.unitName, entry.postTitle].filter((name) => name !== '').join(' · ') || m.field_by_system(), detail }];
  });
