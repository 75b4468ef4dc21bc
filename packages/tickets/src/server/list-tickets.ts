import type { Database, Schema } from '@baxing/db';
import { type Scope, scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import { type SelectQueryBuilder, sql } from 'kysely';
import { ticketNumber } from '../decide.ts';
import type { ListInput, TicketFilter } from '../schemas.ts';
import { statesOf, TICKET_STATES, type TicketState, TICKET_VERBS, type TicketVerb } from '../states.ts';
import { mayOfTickets, type TicketRow, visibleTickets } from './access.ts';
import { textMatches } from './search-text.ts';

/**
 * Lists are windows on an index: keyset-paged, forward and back, never OFFSET. The combinations that have an index of their own are in docs/api.md
 * (migration 0007); any other filter narrows one of them. With several states each state is read in index order and the windows are merged.
 */
export interface TicketListRow {
  readonly id: string;
  readonly no: string;
  readonly state: TicketState;
  readonly categoryId: string;
  readonly text: string;
  readonly place: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly gridId: string | null;
  readonly streetId: string | null;
  readonly unitId: string | null;
  readonly workerPostId: string | null;
  readonly actionCode: string | null;
  readonly taskId: string | null;
  readonly assignmentId: string | null;
  readonly reportedAt: number;
  readonly dueAt: number | null;
  readonly clockState: string;
  readonly warned: boolean;
  readonly late: boolean;
  readonly reworkCount: number;
  readonly version: number;
  /** Verbs the reader may use now. */
  readonly verbs: readonly TicketVerb[];
}

export interface TicketPage {
  readonly rows: readonly TicketListRow[];
  /** Cursors; null at the end of that direction. */
  readonly next: string | null;
  readonly previous: string | null;
}

type TicketQuery = SelectQueryBuilder<Schema, 'ticket', Record<never, never>>;

interface Key {
  /** Due time for sort `due`, null behind all due times; always null for the other sorts. */
  readonly due: number | null;
  readonly row: number;
}

interface Cursor extends Key {
  readonly direction: 'forward' | 'back';
  readonly sort: ListInput['sort'];
}

const encode = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function decode(text: string, sort: ListInput['sort']): Cursor | null {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString()) as Cursor;
    const valid = value.sort === sort && Number.isSafeInteger(value.row) && (value.direction === 'forward' || value.direction === 'back') && (value.due === null || (sort === 'due' && Number.isSafeInteger(value.due)));
    return valid ? value : null;
  } catch {
    return null;
  }
}

/** A reader sees what his policy says; without a box of his own choice, what is his to do. */
function boxOf(filter: TicketFilter, scope: Scope): NonNullable<TicketFilter['box']> {
  if (filter.box) return filter.box;
  if (scope === 'own' || scope === 'self') return 'worker';
  return scope === 'unit' ? 'unit' : 'visible';
}

/** What is asked for lies inside the scope by itself: nothing more has to be cut away. */
function isWithin(filter: TicketFilter, actor: Actor, scope: Scope): boolean {
  const box = boxOf(filter, scope);
  if (scope === 'all' || box === 'worker' || box === 'reported' || filter.workerPostId === actor.postId) return true;
  if (scope === 'action') return actor.actionCode !== null && filter.actionCode === actor.actionCode;
  if (scope !== 'unit' && scope !== 'area') return false;
  if (box === 'unit' || filter.unitId === actor.unitId) return true;
  return scope === 'area' && actor.areaId !== null && [filter.gridId, filter.streetId, filter.districtId].includes(actor.areaId);
}

/** The filter without its states and without the reader's sight. */
function filtered(db: Database, actor: Actor, scope: Scope, filter: TicketFilter): TicketQuery {
  let query: TicketQuery = db.read.selectFrom('ticket');
  const box = boxOf(filter, scope);
  if (box === 'unit') query = query.where('ticket.unit_id', '=', actor.unitId);
  else if (box === 'worker') query = query.where('ticket.worker_post_id', '=', actor.postId);
  else if (box === 'reported') query = query.where('ticket.reported_by_post', '=', actor.postId);
  const columns = {
    'ticket.unit_id': filter.unitId,
    'ticket.worker_post_id': filter.workerPostId,
    'ticket.grid_id': filter.gridId,
    'ticket.street_id': filter.streetId,
    'ticket.district_id': filter.districtId,
    'ticket.category_id': filter.categoryId,
    'ticket.action_code': filter.actionCode,
    'ticket.task_id': filter.taskId,
    'ticket.assignment_id': filter.assignmentId,
  } as const;
  for (const [column, value] of Object.entries(columns) as [keyof typeof columns, string | undefined][]) if (value !== undefined) query = query.where(column, '=', value);
  if (filter.late !== undefined) query = query.where('ticket.late', '=', filter.late ? 1 : 0);
  const text = filter.text ? textMatches(db.dialect, filter.text) : null;
  return text ? query.where(text) : query;
}

/** Columns that hold the place of a post, by the kind of the place; each has an index of its own. */
const AREA_COLUMNS = { district: 'ticket.district_id', street: 'ticket.street_id', grid: 'ticket.grid_id' } as const;

/**
 * The reader's sight as parts that an index serves each, for the boxes that it cuts. One OR over them would read the whole table
 * where little is to be seen; read apart and merged, every part stops after a page.
 */
function inSightParts(db: Database, actor: Actor, scope: Scope, filter: TicketFilter, query: TicketQuery): TicketQuery[] {
  if (isWithin(filter, actor, scope)) return [query];
  const mine = [query.where('ticket.worker_post_id', '=', actor.postId), query.where('ticket.reported_by_post', '=', actor.postId)];
  const unit = [...mine, query.where('ticket.unit_id', '=', actor.unitId), query.where('ticket.reported_by_unit', '=', actor.unitId)];
  if (scope === 'unit') return unit;
  if (scope === 'action') return actor.actionCode === null ? mine : [query.where('ticket.action_code', '=', actor.actionCode), ...mine];
  if (scope !== 'area') return mine;
  const kind = actor.areaId === null ? undefined : db.caches.get(placeCache).jurisdiction(actor.areaId)?.kind;
  if (kind !== undefined && kind in AREA_COLUMNS) return [query.where(AREA_COLUMNS[kind as keyof typeof AREA_COLUMNS], '=', actor.areaId), ...unit];
  return [query.where(visibleTickets(scope, actor))];
}

/**
 * Whether an index gives the list in its order, so that it may run in the server's own thread. Anything else may read far before it finds a page:
 * on SQLite the API sends it to the reader thread.
 */
export function isIndexed(input: ListInput): boolean {
  const places = [input.gridId, input.districtId, input.categoryId, input.actionCode, input.taskId, input.assignmentId].filter((value) => value !== undefined).length;
  const narrow = input.unitId !== undefined || input.workerPostId !== undefined || input.box === 'unit' || input.box === 'worker';
  if (input.text !== undefined || input.late !== undefined || places > 1) return false;
  if (input.sort === 'due') return narrow && places === 0;
  return places === 0 || input.states === undefined;
}

/** Null: whatever the state. Empty: none, and so no ticket. */
function statesWanted(filter: TicketFilter): readonly TicketState[] | null {
  const states = filter.states && filter.states.length > 0 ? [...new Set(filter.states)] : null;
  if (filter.box !== 'check') return states;
  const checking = statesOf('checking');
  return states ? states.filter((state) => checking.includes(state)) : checking;
}

/** One window in index order. `descending` is the direction of reading, not of showing. */
async function windowOf(query: TicketQuery, sort: ListInput['sort'], descending: boolean, after: Key | null, limit: number): Promise<TicketRow[]> {
  const direction = descending ? 'desc' : 'asc';
  const beyond = descending ? '<' : '>';
  const rowsOf = (part: TicketQuery, from: Key | null): Promise<TicketRow[]> => {
    const window = part.selectAll('ticket').orderBy('ticket.row', direction).limit(limit);
    return (from ? window.where('ticket.row', beyond, from.row) : window).execute() as unknown as Promise<TicketRow[]>;
  };
  if (sort !== 'due') return rowsOf(query, after);
  const dueOf = (from: Key | null): Promise<TicketRow[]> => {
    const window = query.where('ticket.due_at', 'is not', null).selectAll('ticket').orderBy('ticket.due_at', direction).orderBy('ticket.row', direction).limit(limit);
    return (from ? window.where(sql<boolean>`(ticket.due_at, ticket.row) ${sql.raw(beyond)} (${from.due}, ${from.row})` as never) : window).execute() as unknown as Promise<TicketRow[]>;
  };
  // Databases disagree where nulls stand, and neither reads past them in one go: tickets without a due time are a part of their own, last.
  const undueOf = (from: Key | null): Promise<TicketRow[]> => rowsOf(query.where('ticket.due_at', 'is', null), from);
  const parts = descending ? [undueOf, dueOf] : [dueOf, undueOf];
  const start = after && (after.due === null) !== descending ? 1 : 0;
  const rows = await parts[start]!(after);
  return start === 1 || rows.length === limit ? rows : [...rows, ...(await parts[1]!(null))];
}

const compareDue = (a: number | null, b: number | null): number => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a - b);

const keyOf = (row: TicketRow, sort: ListInput['sort']): Key => ({ due: sort === 'due' ? row.due_at : null, row: row.row });

/** @refuses FORBIDDEN, VALIDATION {field: cursor} */
export async function listTickets(db: Database, actor: Actor, input: ListInput): Promise<Result<TicketPage>> {
  const scope = scopeOf(db.caches.get(policyCache).table, actor, 'tickets.list');
  if (scope === null) return refuse('FORBIDDEN', { verb: 'tickets.list' });
  const { sort, limit } = input;
  const cursor = input.cursor === undefined ? null : decode(input.cursor, sort);
  if (input.cursor !== undefined && !cursor) return refuse('VALIDATION', { field: 'cursor' });
  const back = cursor?.direction === 'back';
  const descending = (sort === 'newest') !== back;
  const bases = inSightParts(db, actor, scope, input, filtered(db, actor, scope, input));
  // Due times are in order only within a state.
  const states = statesWanted(input) ?? (sort === 'due' ? TICKET_STATES : null);
  const parts = states ? bases.flatMap((base) => states.map((state) => base.where('ticket.state', '=', state))) : bases;
  const windows = await Promise.all(parts.map((part) => windowOf(part, sort, descending, cursor, limit + 1)));
  const sign = descending ? -1 : 1;
  const merged = [...new Map(windows.flat().map((row) => [row.row, row])).values()].sort((a, b) => sign * ((sort === 'due' ? compareDue(a.due_at, b.due_at) : 0) || a.row - b.row));
  const more = merged.length > limit;
  const page = merged.slice(0, limit);
  if (back) page.reverse();
  const may = await mayOfTickets(db, actor, page);
  const [first, last] = [page[0], page.at(-1)];
  return ok({
    rows: page.map((row) => listRow(row, TICKET_VERBS.filter((verb) => may.get(row.id)?.[verb] === true))),
    next: last && (back || more) ? encode({ ...keyOf(last, sort), direction: 'forward', sort }) : null,
    previous: first && (back ? more : cursor !== null) ? encode({ ...keyOf(first, sort), direction: 'back', sort }) : null,
  });
}

function listRow(row: TicketRow, verbs: readonly TicketVerb[]): TicketListRow {
  return {
    id: row.id,
    no: ticketNumber(row.reported_at, row.row),
    state: row.state,
    categoryId: row.category_id,
    text: row.text.length > 120 ? `${row.text.slice(0, 119)}…` : row.text,
    place: row.place,
    longitude: row.longitude,
    latitude: row.latitude,
    gridId: row.grid_id,
    streetId: row.street_id,
    unitId: row.unit_id,
    workerPostId: row.worker_post_id,
    actionCode: row.action_code,
    taskId: row.task_id,
    assignmentId: row.assignment_id,
    reportedAt: row.reported_at,
    dueAt: row.due_at,
    clockState: row.clock_state,
    warned: row.warned === 1,
    late: row.late === 1,
    reworkCount: row.rework_count,
    version: row.version,
    verbs,
  };
}

/** Totals are exact up to this many and then said to be more. */
export const TOTAL_MAX = 10_000;

/** How many tickets a filter finds. Runs in the reader thread: counting may read 10,000 index entries. @refuses FORBIDDEN */
export async function countTickets(db: Database, actor: Actor, filter: TicketFilter): Promise<Result<{ total: number; exact: boolean }>> {
  const scope = scopeOf(db.caches.get(policyCache).table, actor, 'tickets.list');
  if (scope === null) return refuse('FORBIDDEN', { verb: 'tickets.list' });
  let query = filtered(db, actor, scope, filter);
  if (!isWithin(filter, actor, scope)) query = query.where(visibleTickets(scope, actor));
  const states = statesWanted(filter);
  if (states?.length === 0) return ok({ total: 0, exact: true });
  if (states) query = query.where('ticket.state', 'in', states);
  const row = await db.read
    .selectFrom(query.select('ticket.row').limit(TOTAL_MAX + 1).as('found'))
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  const total = Number(row.n);
  return ok({ total: Math.min(total, TOTAL_MAX), exact: total <= TOTAL_MAX });
}
