import type { Database } from '@baxing/db';
import type { Scope } from '../policy.ts';
import { policyCache } from './policy.ts';
import type { PostView } from './posts.ts';
import type { ResolvedSession } from './sessions.ts';

export interface Me {
  readonly accountId: string;
  readonly userName: string;
  readonly post: PostView;
  /** All posts to switch between, the present one included. */
  readonly posts: readonly PostView[];
  readonly mustChangePassword: boolean;
  /** Product time. */
  readonly now: number;
  /** What the present post may call, and how far it reaches; for drawing menus. */
  readonly verbs: Readonly<Record<string, Scope>>;
}

export function me(db: Database, resolved: ResolvedSession, now: number): Me {
  const prefix = `${resolved.post.role} `;
  const verbs: Record<string, Scope> = {};
  for (const [key, scope] of db.caches.get(policyCache).table) if (key.startsWith(prefix)) verbs[key.slice(prefix.length)] = scope;
  return { accountId: resolved.actor.accountId, userName: resolved.actor.userName, post: resolved.post, posts: resolved.posts, mustChangePassword: resolved.mustChangePassword, now, verbs };
}
