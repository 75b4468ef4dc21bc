import type { CommandContext } from '@baxing/db';
import { type Refusal, refuse, type Result, type Role } from '@baxing/kernel';
import { ADMINISTRATORS, PROTECTED_ROLES } from '../roles.ts';
import type { PostInput } from '../schemas.ts';

type Guard = { ok: false; refusal: Refusal } | null;

/** Administrators do no business, and security and audit are out of the system administrator's reach: those accounts are made on the machine itself. */
export function rolesRefused(ctx: CommandContext, roles: readonly Role[]): Guard {
  const kinds = new Set(roles.map((role) => (ADMINISTRATORS.includes(role) ? role : 'business')));
  if (kinds.size > 1) return refuse('SEPARATION', { rule: 'administrators_apart', roles: [...new Set(roles)] });
  if (!ctx.actor.system && roles.some((role) => PROTECTED_ROLES.includes(role))) return refuse('SEPARATION', { rule: 'protected_role', roles: [...new Set(roles)] });
  return null;
}

/** The account exists and this administrator may act on it. */
export async function loadAccount(ctx: CommandContext, accountId: string): Promise<Result<{ id: string; user_name: string; disabled_at: number | null }>> {
  const account = await ctx.tx.selectFrom('account').select(['id', 'user_name', 'disabled_at']).where('id', '=', accountId).executeTakeFirst();
  if (!account) return refuse('NOT_FOUND', { accountId });
  if (ctx.actor.system) return { ok: true, value: account };
  if (ctx.actor.accountId === accountId) return refuse('SEPARATION', { rule: 'own_account' });
  const held = await ctx.tx.selectFrom('post').select('role').where('account_id', '=', accountId).execute();
  if (held.some(({ role }) => PROTECTED_ROLES.includes(role))) return refuse('SEPARATION', { rule: 'protected_account' });
  return { ok: true, value: account };
}

/** Units and places of the posts exist at that instant; a task force's post, and no other, names its action. */
export async function postsRefused(ctx: CommandContext, posts: readonly PostInput[], at: number): Promise<Guard> {
  const guard = rolesRefused(
    ctx,
    posts.map(({ role }) => role),
  );
  if (guard) return guard;
  const live = async (table: 'unit' | 'jurisdiction', ids: readonly string[]): Promise<Set<string>> => {
    if (ids.length === 0) return new Set();
    const rows = await ctx.tx
      .selectFrom(table)
      .select('id')
      .where('id', 'in', [...new Set(ids)])
      .where('valid_from', '<=', at)
      .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', at)]))
      .execute();
    return new Set(rows.map(({ id }) => id));
  };
  const units = await live(
    'unit',
    posts.map(({ unitId }) => unitId),
  );
  const areas = await live(
    'jurisdiction',
    posts.flatMap(({ areaId }) => areaId ?? []),
  );
  const keys = new Set<string>();
  for (const [i, post] of posts.entries()) {
    if (!units.has(post.unitId)) return refuse('VALIDATION', { field: `posts.${i}.unitId`, problem: 'unknown' });
    if (post.areaId !== null && !areas.has(post.areaId)) return refuse('VALIDATION', { field: `posts.${i}.areaId`, problem: 'unknown' });
    if ((post.role === 'task_force') !== (post.actionCode !== null)) return refuse('VALIDATION', { field: `posts.${i}.actionCode`, problem: post.actionCode === null ? 'missing' : 'not_for_role' });
    if (keys.has(postKey(post))) return refuse('VALIDATION', { field: `posts.${i}`, problem: 'repeated' });
    keys.add(postKey(post));
  }
  return null;
}

/** What makes a post that post; title and work number may change in place. */
export const postKey = (post: Pick<PostInput, 'role' | 'unitId' | 'areaId' | 'actionCode'>): string => JSON.stringify([post.role, post.unitId, post.areaId, post.actionCode]);
