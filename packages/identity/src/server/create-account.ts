import { type CommandCall, type Database, execute } from '@baxing/db';
import { ok, refuse, RefusalError, type Result } from '@baxing/kernel';
import { passwordProblems } from '../passwords.ts';
import type { CreateAccountInput } from '../schemas.ts';
import { postsRefused } from './account-guards.ts';
import { NOBODY } from './auth-calls.ts';
import { generatePassword, hashPassword } from './hashing.ts';
import { authorise, scopeFor } from './policy.ts';
import { insertPosts } from './set-posts.ts';

export interface CreatedAccount {
  readonly accountId: string;
  /** Only when none was given, and only in the first answer: it is kept nowhere. */
  readonly generatedPassword: string | null;
}

export interface CreateAccountOptions {
  /** The demonstration signs in at once; everywhere else the first sign-in changes the password. */
  readonly mustChangePassword?: boolean;
  /** The demonstration takes any password for all its accounts. */
  readonly anyPassword?: boolean;
}

/**
 * `accounts.create`. The password is hashed before the command and is no part of what its receipt remembers.
 * @refuses VALIDATION {field: 'password', problems} · ALREADY_EXISTS · SEPARATION {rule} · FORBIDDEN · UNAVAILABLE
 */
export async function createAccount(db: Database, call: CommandCall, input: CreateAccountInput, options: CreateAccountOptions = {}): Promise<Result<CreatedAccount>> {
  const { password: given, ...remembered } = input;
  if (scopeFor(db, call.actor, 'accounts.create') === null) return refuse('FORBIDDEN', { verb: 'accounts.create' });
  const problems = given === undefined || options.anyPassword ? [] : passwordProblems(given, { userName: input.userName });
  if (problems.length > 0) return refuse('VALIDATION', { field: 'password', problems });
  const password = given ?? generatePassword(input.userName);
  const passwordHash = await hashOrRefuse(password);
  if (!passwordHash.ok) return passwordHash;
  // A replay answers with the first call's mark: then this password is not the account's.
  const mark = db.newId('pwd');
  const created = await execute(
    db,
    {
      name: 'accounts.create',
      run: async (ctx) => {
        authorise(ctx, 'accounts.create');
        const refusal = await postsRefused(ctx, input.posts, ctx.at);
        if (refusal) return refusal;
        const accountId = ctx.newId('acc');
        const inserted = await ctx.tx
          .insertInto('account')
          .values({
            id: accountId,
            user_name: input.userName,
            password_hash: passwordHash.value,
            must_change_password: options.mustChangePassword === false ? 0 : 1,
            disabled_at: null,
            password_changed_at: ctx.at,
            created_at: ctx.at,
            version: 1,
          })
          .onConflict((c) => c.column('user_name').doNothing())
          .returning('id')
          .executeTakeFirst();
        if (!inserted) return refuse('ALREADY_EXISTS', { userName: input.userName });
        const posts = await insertPosts(ctx, accountId, input.posts, ctx.at);
        ctx.record({ type: 'account.created', subject: 'account', subjectId: accountId, scope: NOBODY, data: { userName: input.userName, posts } });
        return ok({ accountId: accountId as string, mark: mark as string });
      },
    },
    call,
    remembered,
  );
  if (!created.ok) return created;
  return ok({ accountId: created.value.accountId, generatedPassword: given === undefined && created.value.mark === mark ? password : null });
}

export async function hashOrRefuse(password: string): Promise<Result<string>> {
  try {
    return ok(await hashPassword(password));
  } catch (fault) {
    if (fault instanceof RefusalError) return { ok: false, refusal: fault.refusal };
    throw fault;
  }
}
