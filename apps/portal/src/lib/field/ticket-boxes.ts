import { distanceMetres } from '@baxing/kernel';
import { phaseOf, type TicketState } from '@baxing/tickets';
import type { Outputs } from '#lib/api.ts';
import type { Here } from './position.svelte.ts';

/** The home page's lists and their orders. */
export const BOXES = ['worker', 'check', 'reported'] as const;
export type Box = (typeof BOXES)[number];
export type Order = 'due' | 'distance';

export type TicketListRow = Outputs['tickets']['list']['rows'][number];

/** States that a worker still sees in his list. */
export const WORKER_STATES: readonly TicketState[] = ['dispatched', 'handling', 'submitted', 'verified'];
/** What is his to do now; the others wait for someone else. */
export const isToDo = (state: TicketState): boolean => phaseOf(state) === 'dispatched' || phaseOf(state) === 'handling';

export const distanceTo = (row: { readonly longitude: number; readonly latitude: number }, here: Here | null): number | null =>
  here ? distanceMetres([here.longitude, here.latitude], [row.longitude, row.latitude]) : null;

/** By due time (none last, then the older report first), or by distance when the phone knows where it is. */
export function ordered(rows: readonly TicketListRow[], order: Order, here: Here | null): TicketListRow[] {
  const due = (row: TicketListRow): number => row.dueAt ?? Number.MAX_SAFE_INTEGER;
  const byDue = (a: TicketListRow, b: TicketListRow): number => due(a) - due(b) || a.reportedAt - b.reportedAt;
  if (order === 'due' || !here) return [...rows].sort(byDue);
  const distances = new Map(rows.map((row) => [row.id, distanceTo(row, here) ?? 0]));
  return [...rows].sort((a, b) => (distances.get(a.id) ?? 0) - (distances.get(b.id) ?? 0) || byDue(a, b));
}
