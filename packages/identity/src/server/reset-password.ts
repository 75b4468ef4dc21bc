import { type CommandCall, type Database, execute } from '@baxing/db';
import { ok, refuse, type Result } from '@baxing/kernel';
import { passwordProblems } from '../passwords.ts';
import type { ResetPasswordInput } from '../schemas.ts';
import { loadAccount } from './account-guards.ts';
import { NOBODY } from './auth-calls.ts';
import { hashOrRefuse } from './create-account.ts';
import { generatePassword } from './hashing.ts';
import { authorise, scopeFor } from './policy.ts';
import { closeSessionsOf, sessionsCache } from './sessions.ts';
import { forgetFailures, throttleKeys } from './throttle.ts';

/**
 * `accounts.resetPassword`: ends all sessions of the account, lifts its throttle; the next sign-in changes the password.
 * @refuses NOT_FOUND · VALIDATION {field: 'password', problems} · SEPARATION {rule} · FORBIDDEN · UNAVAILABLE
 */
export async function resetPassword(db: Database, call: CommandCall, input: ResetPasswordInput): Promise<Result<{ generatedPassword: string | null }>> {
  if (scopeFor(db, call.actor, 'accounts.resetPassword') === null) return refuse('FORBIDDEN', { verb: 'accounts.resetPassword' });
  const known = await db.read.selectFrom('account').select('user_name').where('id', '=', input.accountId).executeTakeFirst();
  if (!known) return refuse('NOT_FOUND', { accountId: input.accountId });
  const problems = input.password === undefined ? [] : passwordProblems(input.password, { userName: known.user_name });
  if (problems.length > 0) return refuse('VALIDATION', { field: 'password', problems });
  const password = input.password ?? generatePassword(known.user_name);
  const passwordHash = await hashOrRefuse(password);
  if (!passwordHash.ok) return passwordHash;
  const mark = db.newId('pwd');
  const reset = await execute(
    db,
    {
      name: 'accounts.resetPassword',
      run: async (ctx) => {
        authorise(ctx, 'accounts.resetPassword');
        const account = await loadAccount(ctx, input.accountId);
        if (!account.ok) return account;
        const { id, user_name: userName } = account.value;
        await ctx.tx
          .updateTable('account')
          .set((eb) => ({ password_hash: passwordHash.value, must_change_password: 1, password_changed_at: ctx.at, version: eb('version', '+', 1) }))
          .where('id', '=', id)
          .execute();
        await closeSessionsOf(ctx.tx, id);
        await forgetFailures(ctx.tx, throttleKeys(userName, '').name);
        ctx.invalidate(sessionsCache);
        ctx.record({ type: 'account.passwordReset', subject: 'account', subjectId: id, scope: NOBODY, data: { userName } });
        return ok({ mark: mark as string });
      },
    },
    call,
    { accountId: input.accountId },
  );
  if (!reset.ok) return reset;
  return ok({ generatedPassword: input.password === undefined && reset.value.mark === mark ? password : null });
}
