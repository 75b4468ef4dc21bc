import type { Database } from '@baxing/db';
import { type Actor, type Result, ok } from '@baxing/kernel';
import { ticketNumber } from '../decide.ts';
import { PHOTO_STAGES, type PhotoStage } from '../schemas.ts';
import type { TicketMay } from '../states.ts';
import { mayOfTickets, readTicket, type TicketRow } from './access.ts';
import { type Deadline, explainDeadline } from './deadline.ts';

export interface TicketPhoto {
  readonly fileId: string;
  readonly stage: string;
  readonly round: number;
  readonly postId: string;
  readonly addedAt: number;
  readonly takenAt: number | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
  readonly accuracy: number | null;
}

export interface TicketView {
  readonly ticket: Omit<TicketRow, 'row'> & { readonly no: string };
  readonly photos: readonly TicketPhoto[];
  readonly deadline: Deadline | null;
  readonly may: TicketMay;
  /** Names of the posts that the ticket names: title and unit. */
  readonly posts: Readonly<Record<string, { title: string; workNumber: string; unitId: string; unitName: string }>>;
}

const stageOrder = (stage: string): number => PHOTO_STAGES.indexOf(stage as PhotoStage);

/** @refuses NOT_FOUND */
export async function getTicket(db: Database, actor: Actor, input: { ticketId: string }): Promise<Result<TicketView>> {
  const found = await readTicket(db, actor, input.ticketId);
  if (!found.ok) return found;
  const { row, ...ticket } = found.value;
  const photos = await db.read.selectFrom('ticket_photo').selectAll().where('ticket_id', '=', ticket.id).orderBy('added_at').orderBy('id').execute();
  // Those of one message have one time: they stand in the order of their stages.
  photos.sort((a, b) => a.added_at - b.added_at || stageOrder(a.stage) - stageOrder(b.stage));
  const postIds = [ticket.reported_by_post, ticket.worker_post_id, ...photos.map((photo) => photo.post_id)].filter((id) => id !== null);
  return ok({
    ticket: { ...ticket, no: ticketNumber(ticket.reported_at, row) },
    photos: photos.map((photo) => ({
      fileId: photo.file_id,
      stage: photo.stage,
      round: photo.round,
      postId: photo.post_id,
      addedAt: photo.added_at,
      takenAt: photo.taken_at,
      longitude: photo.longitude,
      latitude: photo.latitude,
      accuracy: photo.accuracy_m,
    })),
    deadline: await explainDeadline(db, ticket),
    may: (await mayOfTickets(db, actor, [found.value])).get(ticket.id)!,
    posts: await namePosts(db, postIds),
  });
}

/** Posts are named by title and unit, never by a person's name. */
export async function namePosts(db: Database, postIds: readonly string[]): Promise<TicketView['posts']> {
  if (postIds.length === 0) return {};
  const rows = await db.read
    .selectFrom('post')
    .innerJoin('unit', 'unit.id', 'post.unit_id')
    .select(['post.id', 'post.title', 'post.work_number', 'unit.id as unit_id', 'unit.short_name'])
    .where('post.id', 'in', [...new Set(postIds)])
    .execute();
  return Object.fromEntries(rows.map((row) => [row.id, { title: row.title, workNumber: row.work_number, unitId: row.unit_id, unitName: row.short_name }]));
}
