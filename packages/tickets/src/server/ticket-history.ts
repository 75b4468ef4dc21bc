import type { Database } from '@baxing/db';
import { type Actor, type Result, ok } from '@baxing/kernel';
import { readTicket } from './access.ts';
import { namePosts } from './get-ticket.ts';

export interface HistoryEntry {
  readonly id: number;
  readonly type: string;
  readonly at: number;
  readonly postId: string;
  readonly postTitle: string;
  readonly unitName: string;
  /** Where from: an address of the network, `timer`, `job`, `cli`. */
  readonly origin: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const HISTORY_MAX = 500;

/** Who, in which post, when, what, from where. Oldest first. @refuses NOT_FOUND */
export async function ticketHistory(db: Database, actor: Actor, input: { ticketId: string }): Promise<Result<{ entries: HistoryEntry[] }>> {
  const found = await readTicket(db, actor, input.ticketId, 'history');
  if (!found.ok) return found;
  const rows = await db.read.selectFrom('event').select(['id', 'type', 'at', 'post_id', 'origin', 'data']).where('subject_id', '=', input.ticketId).orderBy('id').limit(HISTORY_MAX).execute();
  const posts = await namePosts(
    db,
    rows.map((row) => row.post_id),
  );
  return ok({
    entries: rows.map((row) => ({
      id: row.id,
      type: row.type,
      at: row.at,
      postId: row.post_id,
      postTitle: posts[row.post_id]?.title ?? '',
      unitName: posts[row.post_id]?.unitName ?? '',
      origin: row.origin,
      data: JSON.parse(row.data) as Record<string, unknown>,
    })),
  });
}
