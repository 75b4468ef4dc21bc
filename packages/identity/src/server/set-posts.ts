import { type CommandContext, defineCommand } from '@baxing/db';
import { type Id, ok, refuse } from '@baxing/kernel';
import { type PostInput, setPostsInput } from '../schemas.ts';
import { loadAccount, postKey, postsRefused } from './account-guards.ts';
import { authorise } from './policy.ts';
import { sessionsCache } from './sessions.ts';

interface PostChange {
  readonly postId: string;
  readonly role: string;
  readonly title: string;
  readonly workNumber: string;
  readonly unitId: string;
  readonly areaId: string | null;
  readonly actionCode: string | null;
}

export async function insertPosts(ctx: CommandContext, accountId: string, posts: readonly PostInput[], from: number, ordinals: readonly number[] = posts.map((_, i) => i)): Promise<PostChange[]> {
  if (posts.length === 0) return [];
  const made = posts.map((post) => ({ postId: ctx.newId('pst'), ...post }));
  await ctx.tx
    .insertInto('post')
    .values(
      made.map((post, i) => ({
        id: post.postId,
        account_id: accountId,
        role: post.role,
        title: post.title,
        work_number: post.workNumber,
        unit_id: post.unitId,
        area_id: post.areaId,
        action_code: post.actionCode,
        ordinal: ordinals[i]!,
        valid_from: from,
        valid_to: null,
      })),
    )
    .execute();
  return made;
}

/**
 * The account's posts from an instant on: those not named end, new ones begin, the rest go on under their id. Nothing is deleted.
 * @refuses NOT_FOUND · VALIDATION {field, problem} · SEPARATION {rule} · FORBIDDEN
 */
export const setPosts = defineCommand({
  name: 'posts.set',
  input: setPostsInput,
  run: async (ctx, input) => {
    authorise(ctx, 'posts.set');
    const account = await loadAccount(ctx, input.accountId);
    if (!account.ok) return account;
    const from = input.from ?? ctx.at;
    if (from < ctx.at) return refuse('VALIDATION', { field: 'from', problem: 'past' });
    const refusal = await postsRefused(ctx, input.posts, from);
    if (refusal) return refusal;
    const open = await ctx.tx
      .selectFrom('post')
      .selectAll()
      .where('account_id', '=', input.accountId)
      .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', from)]))
      .orderBy('id')
      .execute();
    const wanted = new Map(input.posts.map((post, ordinal) => [postKey(post), { post, ordinal }]));
    const ended: { postId: string; unitId: string }[] = [];
    const kept: Record<string, unknown>[] = [];
    for (const row of open) {
      const key = postKey({ role: row.role, unitId: row.unit_id as Id<'unt'>, areaId: row.area_id as Id<'jur'> | null, actionCode: row.action_code });
      const same = wanted.get(key);
      if (!same) {
        await ctx.tx
          .updateTable('post')
          .set({ valid_to: Math.max(from, row.valid_from) })
          .where('id', '=', row.id)
          .execute();
        ended.push({ postId: row.id, unitId: row.unit_id });
        continue;
      }
      wanted.delete(key);
      const { post, ordinal } = same;
      await ctx.tx
        .updateTable('post')
        .set({ title: post.title, work_number: post.workNumber, ordinal, valid_from: Math.min(from, row.valid_from), valid_to: null })
        .where('id', '=', row.id)
        .execute();
      if (row.title !== post.title || row.work_number !== post.workNumber)
        kept.push({ postId: row.id, before: { title: row.title, workNumber: row.work_number }, after: { title: post.title, workNumber: post.workNumber } });
    }
    const fresh = [...wanted.values()];
    const begun = await insertPosts(
      ctx,
      input.accountId,
      fresh.map(({ post }) => post),
      from,
      fresh.map(({ ordinal }) => ordinal),
    );
    ctx.invalidate(sessionsCache);
    ctx.record({
      type: 'post.set',
      subject: 'account',
      subjectId: input.accountId,
      scope: { units: [...new Set([...ended, ...begun].map(({ unitId }) => unitId))] },
      data: { userName: account.value.user_name, from, ended: ended.map(({ postId }) => postId), begun, renamed: kept },
    });
    return ok({ ended: ended.map(({ postId }) => postId), begun: begun.map(({ postId }) => postId) });
  },
});
