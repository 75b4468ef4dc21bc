/**
 * Commands and queries of tickets. Owns the tables ticket*, category, filing_standard and file; reads accounts, posts and places.
 * The hard parts: lists that stay quick at a million rows (list-tickets.ts), and one place that judges every verb (access.ts).
 */
export { acceptTicket } from './accept-ticket.ts';
export { readTicket, visibleTickets } from './access.ts';
export * from './categories/index.ts';
export { closeTicket } from './close-ticket.ts';
export { type Deadline, explainDeadline } from './deadline.ts';
export { assignTicket, type BulkAnswer, bulkDispatchTickets, type DispatchedTicket, dispatchTicket } from './dispatch-ticket.ts';
export * from './files/index.ts';
export { getTicket, type TicketView } from './get-ticket.ts';
export { countTickets, isIndexed, listTickets, type TicketListRow, type TicketPage } from './list-tickets.ts';
export { nearbyTickets } from './nearby-tickets.ts';
export { projectClocks } from './project-clocks.ts';
export { type ReportedTicket, reportTicket } from './report-ticket.ts';
export { returnTicket } from './return-ticket.ts';
export { reworkTicket } from './rework-ticket.ts';
export type { MovedTicket } from './save.ts';
export type { SimilarTicket } from './similar-tickets.ts';
export { submitTicket } from './submit-ticket.ts';
export { countsSchema, recountTickets, ticketCounts } from './ticket-counts.ts';
export { type HistoryEntry, ticketHistory } from './ticket-history.ts';
export { verifyTicket } from './verify-ticket.ts';
