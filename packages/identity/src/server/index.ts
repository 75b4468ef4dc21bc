/** Accounts, posts, sessions and policy: the verbs that write them and the lookups that every request makes. */
export type { AuthRequest } from './auth-calls.ts';
export { changePassword } from './change-password.ts';
export { createAccount, type CreateAccountOptions, type CreatedAccount } from './create-account.ts';
export { DEMO_POSTS, DEMO_USER_NAMES, type DemoPost, seedDemoAccounts } from './demo-accounts.ts';
export { disableAccount } from './disable-account.ts';
export { enableAccount } from './enable-account.ts';
export { generatePassword } from './hashing.ts';
export { type AccountRow, listAccounts } from './list-accounts.ts';
export { listPosts } from './list-posts.ts';
export { me, type Me } from './me.ts';
export { authorise, DEFAULT_POLICY, DEFAULT_SETTINGS, listPolicy, type Policy, policyCache, scopeFor, seedPolicy, settingsOf } from './policy.ts';
export type { PostView } from './posts.ts';
export { resetPassword } from './reset-password.ts';
export { blankSessionCookie, type Instants, readSessionToken, type ResolvedSession, resolvePost, resolveSession, SESSION_COOKIE, sessionsCache } from './sessions.ts';
export { setPosts } from './set-posts.ts';
export { signIn, type SignedIn, type SignInRequest } from './sign-in.ts';
export { signOut } from './sign-out.ts';
export { switchPost } from './switch-post.ts';
export { unlockAccount } from './unlock-account.ts';

import { policyCache } from './policy.ts';
import { sessionsCache } from './sessions.ts';

/** For `db.caches.load` at the start. */
export const identityCaches = [policyCache, sessionsCache] as const;
