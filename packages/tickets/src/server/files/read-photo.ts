import type { Database } from '@baxing/db';
import { scopeFor } from '@baxing/identity/server';
import { type Actor, ok, refuse, type Result } from '@baxing/kernel';
import type { PhotoVariant } from '../../files.ts';
import { visibleTickets } from '../access.ts';
import type { BlobStore, OpenBlob } from './blob-store.ts';
import { VARIANT_TYPES } from './process-photo.ts';

export interface ReadablePhoto extends OpenBlob {
  readonly mediaType: (typeof VARIANT_TYPES)[PhotoVariant];
}

/** Whether something of a package above that carries files (a report of an assignment) lets the actor see this one. */
export type CarriesFile = (actor: Actor, fileId: string) => Promise<boolean>;

const REACH = 'files.get';

async function maySee(db: Database, actor: Actor, file: { id: string; uploaded_by: string }, carries: CarriesFile): Promise<boolean> {
  const reach = scopeFor(db, actor, REACH);
  const sight = scopeFor(db, actor, 'tickets.get');
  if (reach !== null && sight !== null) {
    const ticket = await db.read
      .selectFrom('ticket_photo')
      .innerJoin('ticket', 'ticket.id', 'ticket_photo.ticket_id')
      .select('ticket.id')
      .where('ticket_photo.file_id', '=', file.id)
      .where((eb) => eb.and([visibleTickets(sight, actor)(eb as never), visibleTickets(reach, actor)(eb as never)]))
      .limit(1)
      .executeTakeFirst();
    if (ticket) return true;
  }
  if (await carries(actor, file.id)) return true;
  if (file.uploaded_by !== actor.accountId) return false;
  // Once a ticket carries it, the ticket decides: who has left its unit no longer sees it.
  return (await db.read.selectFrom('ticket_photo').select('id').where('file_id', '=', file.id).limit(1).executeTakeFirst()) === undefined;
}

/**
 * One re-encoded variant of a photo, for who may see a ticket that carries it, for whom `carries` says so, and for its uploader until a ticket carries it.
 * @refuses NOT_FOUND in every other case
 */
export async function readPhoto(db: Database, store: BlobStore, actor: Actor, input: { fileId: string; variant: PhotoVariant }, carries: CarriesFile): Promise<Result<ReadablePhoto>> {
  const file = await db.read.selectFrom('file').select(['id', 'sha256', 'uploaded_by']).where('id', '=', input.fileId).executeTakeFirst();
  if (!file || !(await maySee(db, actor, file, carries))) return refuse('NOT_FOUND', { fileId: input.fileId });
  const blob = await store.open({ sha256: file.sha256, variant: input.variant });
  if (!blob) throw new Error(`blob of ${file.id} is missing`);
  return ok({ ...blob, mediaType: VARIANT_TYPES[input.variant] });
}
