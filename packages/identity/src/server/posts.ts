import type { Database, Reader } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import type { Actor, Id, Role } from '@baxing/kernel';

/** A post as people choose it. */
export interface PostView {
  readonly postId: Id<'pst'>;
  readonly role: Role;
  readonly title: string;
  readonly workNumber: string;
  readonly unitId: Id<'unt'>;
  readonly unitName: string;
  readonly areaId: Id<'jur'> | null;
  readonly areaName: string | null;
  readonly actionCode: string | null;
}

/** A post with its validity. */
export interface HeldPost extends PostView {
  readonly validFrom: number;
  readonly validTo: number | null;
}

/** Posts with the name of their unit, for every query that shows them. */
export const selectPosts = (reader: Reader) =>
  reader
    .selectFrom('post')
    .innerJoin('unit', 'unit.id', 'post.unit_id')
    .select([
      'post.id',
      'post.account_id',
      'post.role',
      'post.title',
      'post.work_number',
      'post.unit_id',
      'unit.name as unit_name',
      'post.area_id',
      'post.action_code',
      'post.valid_from',
      'post.valid_to',
    ]);

type PostRow = Awaited<ReturnType<ReturnType<typeof selectPosts>['execute']>>[number];

/** The place by the name it had at `at`. */
export const postView = (db: Database, row: PostRow, at: number): PostView => ({
  postId: row.id as Id<'pst'>,
  role: row.role,
  title: row.title,
  workNumber: row.work_number,
  unitId: row.unit_id as Id<'unt'>,
  unitName: row.unit_name,
  areaId: row.area_id as Id<'jur'> | null,
  areaName: row.area_id === null ? null : (db.caches.get(placeCache).jurisdiction(row.area_id, at)?.name ?? null),
  actionCode: row.action_code,
});

/** All posts that the account has, had or will have, in order of choice. */
export async function postsOf(db: Database, accountId: string, at: number): Promise<HeldPost[]> {
  const rows = await selectPosts(db.read).where('post.account_id', '=', accountId).orderBy('post.ordinal').orderBy('post.id').execute();
  return rows.map((row) => ({ ...postView(db, row, at), validFrom: row.valid_from, validTo: row.valid_to }));
}

export const validAt =
  (at: number) =>
  (post: Pick<HeldPost, 'validFrom' | 'validTo'>): boolean =>
    post.validFrom <= at && (post.validTo === null || at < post.validTo);

export const viewOf = ({ validFrom: _from, validTo: _to, ...view }: HeldPost): PostView => view;

export const actorIn = (db: Database, account: { id: string; userName: string }, post: PostView, at: number): Actor => ({
  accountId: account.id as Id<'acc'>,
  userName: account.userName,
  postId: post.postId,
  role: post.role,
  unitId: post.unitId,
  areaId: post.areaId,
  areaPath: post.areaId === null ? [] : db.caches.get(placeCache).pathIds(post.areaId, at),
  actionCode: post.actionCode,
});
