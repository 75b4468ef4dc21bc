import { defineCommand } from '@baxing/db';
import { ok, refuse } from '@baxing/kernel';
import { accountInput } from '../schemas.ts';
import { loadAccount } from './account-guards.ts';
import { NOBODY } from './auth-calls.ts';
import { authorise } from './policy.ts';

/** Undoes `accounts.disable`; sessions do not come back. @refuses NOT_FOUND · WRONG_STATE not disabled · SEPARATION {rule} */
export const enableAccount = defineCommand({
  name: 'accounts.enable',
  input: accountInput,
  run: async (ctx, input) => {
    authorise(ctx, 'accounts.enable');
    const account = await loadAccount(ctx, input.accountId);
    if (!account.ok) return account;
    const { id, user_name: userName, disabled_at } = account.value;
    if (disabled_at === null) return refuse('WRONG_STATE', { state: 'enabled' });
    await ctx.tx
      .updateTable('account')
      .set((eb) => ({ disabled_at: null, version: eb('version', '+', 1) }))
      .where('id', '=', id)
      .execute();
    ctx.record({ type: 'account.enabled', subject: 'account', subjectId: id, scope: NOBODY, data: { userName } });
    return ok({ accountId: id });
  },
});
