import { defineCommand } from '@baxing/db';
import { ok, refuse } from '@baxing/kernel';
import { accountInput } from '../schemas.ts';
import { NOBODY } from './auth-calls.ts';
import { authorise } from './policy.ts';
import { forgetFailures, throttleKeys } from './throttle.ts';

/** Lifts the throttle of failed sign-ins; for the security administrator. @refuses NOT_FOUND */
export const unlockAccount = defineCommand({
  name: 'accounts.unlock',
  input: accountInput,
  run: async (ctx, input) => {
    authorise(ctx, 'accounts.unlock');
    const account = await ctx.tx.selectFrom('account').select(['id', 'user_name']).where('id', '=', input.accountId).executeTakeFirst();
    if (!account) return refuse('NOT_FOUND', { accountId: input.accountId });
    await forgetFailures(ctx.tx, throttleKeys(account.user_name, '').name);
    ctx.record({ type: 'account.unlocked', subject: 'account', subjectId: account.id, scope: NOBODY, data: { userName: account.user_name } });
    return ok({ accountId: account.id });
  },
});
