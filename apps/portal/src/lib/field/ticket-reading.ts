import { api, type Outputs } from '#lib/api.ts';
import { session } from '#lib/session.svelte.ts';
import { readNow, recall } from './reads.ts';
import { isToDo, type TicketListRow } from './ticket-boxes.ts';

/** One ticket with what its page says about it: read together, kept together. */
export interface TicketReading {
  readonly view: Outputs['tickets']['get'];
  readonly history: Outputs['tickets']['history']['entries'];
  /** Names from the county down to the grid. */
  readonly places: readonly string[];
}

/** So many of the list are kept for reading without network, those opened besides. */
const KEPT_AHEAD = 12;

const copyName = (ticketId: string): string => `ticket ${ticketId}`;

async function ask(ticketId: string): Promise<TicketReading> {
  const id = ticketId as `tkt_${string}`;
  const [view, history] = await Promise.all([api.tickets.get.query({ ticketId: id }), session.may('tickets.history') ? api.tickets.history.query({ ticketId: id }) : { entries: [] }]);
  const deepest = view.ticket.grid_id ?? view.ticket.community_id ?? view.ticket.street_id ?? view.ticket.district_id;
  const place = deepest === null ? null : await api.jurisdictions.get.query({ id: deepest as `jur_${string}` });
  return { view, history: history.entries, places: place ? [...place.ancestors.map((link) => link.name), place.name].slice(1) : [] };
}

export const recallTicket = (ticketId: string) => recall<TicketReading>(copyName(ticketId));
export const readTicket = (ticketId: string) => readNow(copyName(ticketId), () => ask(ticketId));

let keeping = false;

/** Copies of the list's next tickets, where the phone's are older than the list. */
export async function keepTickets(rows: readonly TicketListRow[]): Promise<void> {
  if (keeping) return;
  keeping = true;
  try {
    const wanted = rows.filter((row) => isToDo(row.state) || row.verbs.length > 0).slice(0, KEPT_AHEAD);
    for (const row of wanted) {
      const copy = await recallTicket(row.id);
      if (copy?.value.view.ticket.version !== row.version && !(await readTicket(row.id)).ok) return;
    }
  } finally {
    keeping = false;
  }
}
