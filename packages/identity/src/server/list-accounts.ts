import type { Database } from '@baxing/db';
import { type Actor, RefusalError } from '@baxing/kernel';
import type { ListAccountsInput } from '../schemas.ts';
import { scopeFor } from './policy.ts';
import { postView, type PostView, selectPosts } from './posts.ts';

export interface AccountRow {
  readonly accountId: string;
  readonly userName: string;
  readonly disabledAt: number | null;
  readonly mustChangePassword: boolean;
  /** Valid at `at`. */
  readonly posts: readonly PostView[];
}

/** Accounts by name, with their posts; for the administrators. `next` = the name to go on after, null at the end. @throws RefusalError FORBIDDEN */
export async function listAccounts(db: Database, actor: Actor, input: ListAccountsInput, at: number): Promise<{ rows: AccountRow[]; next: string | null }> {
  if (scopeFor(db, actor, 'accounts.list') !== 'all') throw new RefusalError('FORBIDDEN', { verb: 'accounts.list' });
  let query = db.read.selectFrom('account').select(['id', 'user_name', 'disabled_at', 'must_change_password']).orderBy('user_name').limit(input.limit + 1);
  if (input.text) query = query.where('user_name', 'like', `%${input.text.toLowerCase()}%`);
  if (input.after) query = query.where('user_name', '>', input.after);
  const found = await query.execute();
  const page = found.slice(0, input.limit);
  const posts = new Map<string, PostView[]>();
  if (page.length > 0) {
    const rows = await selectPosts(db.read)
      .where(
        'post.account_id',
        'in',
        page.map(({ id }) => id),
      )
      .where('post.valid_from', '<=', at)
      .where((eb) => eb.or([eb('post.valid_to', 'is', null), eb('post.valid_to', '>', at)]))
      .orderBy('post.ordinal')
      .orderBy('post.id')
      .execute();
    for (const row of rows) posts.set(row.account_id, [...(posts.get(row.account_id) ?? []), postView(db, row, at)]);
  }
  return {
    rows: page.map((row) => ({ accountId: row.id, userName: row.user_name, disabledAt: row.disabled_at, mustChangePassword: row.must_change_password === 1, posts: posts.get(row.id) ?? [] })),
    next: found.length > input.limit ? (page.at(-1)?.user_name ?? null) : null,
  };
}
