import type { Database } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, RefusalError } from '@baxing/kernel';
import type { ListPostsInput } from '../schemas.ts';
import { scopeFor } from './policy.ts';
import { postView, type PostView, selectPosts } from './posts.ts';

/** Posts valid at `at` within the reader's scope, by id; without the accounts behind them. `next` = the id to go on after. @throws RefusalError FORBIDDEN */
export async function listPosts(db: Database, actor: Actor, input: ListPostsInput, at: number): Promise<{ rows: PostView[]; next: string | null }> {
  const scope = scopeFor(db, actor, 'posts.list');
  if (scope === null) throw new RefusalError('FORBIDDEN', { verb: 'posts.list' });
  const within = (areaId: string): string[] => {
    const ids = db.caches.get(placeCache).subtree(areaId, at).map(({ id }) => id);
    return ids.length === 0 ? [areaId] : ids;
  };
  let query = selectPosts(db.read)
    .innerJoin('account', 'account.id', 'post.account_id')
    .where('account.disabled_at', 'is', null)
    .where('post.valid_from', '<=', at)
    .where((eb) => eb.or([eb('post.valid_to', 'is', null), eb('post.valid_to', '>', at)]))
    .orderBy('post.id')
    .limit(input.limit + 1);
  if (input.unitId) query = query.where('post.unit_id', '=', input.unitId);
  if (input.role) query = query.where('post.role', '=', input.role);
  if (input.areaId) query = query.where('post.area_id', 'in', within(input.areaId));
  if (input.after) query = query.where('post.id', '>', input.after);
  if (scope !== 'all')
    query = query.where((eb) => {
      const mine = [eb('post.id', '=', actor.postId)];
      if (scope === 'area' || scope === 'unit') mine.push(eb('post.unit_id', '=', actor.unitId));
      if (scope === 'area' && actor.areaId !== null) mine.push(eb('post.area_id', 'in', within(actor.areaId)));
      if (scope === 'action' && actor.actionCode !== null) mine.push(eb('post.action_code', '=', actor.actionCode));
      return eb.or(mine);
    });
  const found = await query.execute();
  const page = found.slice(0, input.limit);
  return { rows: page.map((row) => postView(db, row, at)), next: found.length > input.limit ? (page.at(-1)?.id ?? null) : null };
}
