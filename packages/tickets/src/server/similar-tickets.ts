import type { Reader, Tx } from '@baxing/db';
import { inScope, type Scope } from '@baxing/identity';
import { type Actor, cellsAround, distanceMetres } from '@baxing/kernel';
import { sql } from 'kysely';
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
/** Newest tickets looked at per cell: bounds the cost however crowded a place is. */
const PER_CELL_MAX = 25;

const COLUMNS = ['id', 'row', 'category_id', 'text', 'state', 'longitude', 'latitude', 'reported_at', 'unit_id', 'reported_by_unit', 'worker_post_id', 'reported_by_post', 'area_path', 'action_code'] as const;

type Candidate = Pick<TicketRow, (typeof COLUMNS)[number]>;

/**
 * The newest tickets of each cell, by running number and not by time: the index gives them without sorting, and older ones are dropped by the caller.
 * One statement, since every report asks.
 */
async function newestAround(reader: Reader | Tx, cells: readonly number[]): Promise<Candidate[]> {
  const columns = sql.join(COLUMNS.map((column) => sql.ref(column)));
  const parts = cells.map((cell) => sql`select * from (select ${columns} from ticket where cell = ${cell} order by row desc limit ${sql.lit(PER_CELL_MAX)}) as c`);
  const { rows } = await sql<Candidate>`${sql.join(parts, sql` union all `)}`.execute(reader as never);
  return rows;
}

/** Open tickets and those closed lately within 50 m and 24 h, nearest first; the same category before others. */
export async function similarTickets(
  reader: Reader | Tx,
  actor: Actor,
  sight: Scope | null,
  query: { longitude: number; latitude: number; at: number; categoryId?: string | undefined; except?: string },
): Promise<SimilarTicket[]> {
  const centre = [query.longitude, query.latitude] as const;
  const found: { row: Candidate; distance: number }[] = [];
  for (const row of await newestAround(reader, cellsAround(centre, DUPLICATE_METRES))) {
    const distance = distanceMetres(centre, [row.longitude, row.latitude]);
    if (row.id !== query.except && distance <= DUPLICATE_METRES && row.reported_at <= query.at && row.reported_at >= query.at - DUPLICATE_MS) found.push({ row, distance });
  }
  return found
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
