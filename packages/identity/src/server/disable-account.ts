import { defineCommand } from '@baxing/db';
import { ok, refuse } from '@baxing/kernel';
import { accountInput } from '../schemas.ts';
import { loadAccount } from './account-guards.ts';
import { NOBODY } from './auth-calls.ts';
import { authorise } from './policy.ts';
import { closeSessionsOf, sessionsCache } from './sessions.ts';

/** Nobody signs in as it any more, and whoever is signed in is out, in every process. @refuses NOT_FOUND · WRONG_STATE already disabled · SEPARATION {rule} */
export const disableAccount = defineCommand({
  name: 'accounts.disable',
  input: accountInput,
  run: async (ctx, input) => {
    authorise(ctx, 'accounts.disable');
    const account = await loadAccount(ctx, input.accountId);
    if (!account.ok) return account;
    const { id, user_name: userName, disabled_at } = account.value;
    if (disabled_at !== null) return refuse('WRONG_STATE', { state: 'disabled' });
    await ctx.tx
      .updateTable('account')
      .set((eb) => ({ disabled_at: ctx.at, version: eb('version', '+', 1) }))
      .where('id', '=', id)
      .execute();
    await closeSessionsOf(ctx.tx, id);
    ctx.invalidate(sessionsCache);
    ctx.record({ type: 'account.disabled', subject: 'account', subjectId: id, scope: NOBODY, data: { userName } });
    return ok({ accountId: id });
  },
});
