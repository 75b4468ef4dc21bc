import type { Reader, Tx } from '@baxing/db';
import { inScope, type Scope } from '@baxing/identity';
import { type Actor, boundsAround, distanceMetres } from '@baxing/kernel';
import { DUPLICATE_METRES, DUPLICATE_MS } from '../schemas.ts';
import { isOpen, phaseOf, type TicketPhase } from '../states.ts';
import { scopeOfTicket, type TicketRow } from './access.ts';

/** A ticket that may be the same thing. Outside the reader's sight: category, distance, age and phase only. */
export interface SimilarTicket {
  readonly categoryId: string;
  readonly distanceMetres: number;
  readonly ageMs: number;
  readonly phase: TicketPhase;
  readonly ticketId: string | null;
  readonly text: string | null;
}

const SIMILAR_MAX = 10;
const CANDIDATES_MAX = 400;

/** Open tickets and those closed lately within 50 m and 24 h, nearest first; the same category before others. */
export async function similarTickets(
  reader: Reader | Tx,
  actor: Actor,
  sight: Scope | null,
  query: { longitude: number; latitude: number; at: number; categoryId?: string | undefined; except?: string },
): Promise<SimilarTicket[]> {
  const centre = [query.longitude, query.latitude] as const;
  const [west, south, east, north] = boundsAround(centre, DUPLICATE_METRES);
  const rows = (await reader
    .selectFrom('ticket')
    .selectAll()
    .where('latitude', '>=', south)
    .where('latitude', '<=', north)
    .where('longitude', '>=', west)
    .where('longitude', '<=', east)
    .where('reported_at', '>=', query.at - DUPLICATE_MS)
    .limit(CANDIDATES_MAX)
    .execute()) as TicketRow[];
  return rows
    .filter((row) => row.id !== query.except && row.reported_at <= query.at)
    .map((row) => ({ row, distance: distanceMetres(centre, [row.longitude, row.latitude]) }))
    .filter(({ distance }) => distance <= DUPLICATE_METRES)
    .sort((a, b) => Number(b.row.category_id === query.categoryId) - Number(a.row.category_id === query.categoryId) || Number(isOpen(b.row.state)) - Number(isOpen(a.row.state)) || a.distance - b.distance)
    .slice(0, SIMILAR_MAX)
    .map(({ row, distance }) => {
      const seen = sight !== null && inScope(sight, actor, scopeOfTicket(row));
      return {
        categoryId: row.category_id,
        distanceMetres: Math.round(distance),
        ageMs: query.at - row.reported_at,
        phase: phaseOf(row.state),
        ticketId: seen ? row.id : null,
        text: seen ? row.text : null,
      };
    });
}

