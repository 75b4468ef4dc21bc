import { type Database, execute } from '@baxing/db';
import { ok, refuse, RefusalError, type Result } from '@baxing/kernel';
import { passwordProblems } from '../passwords.ts';
import { authCall, type AuthRequest, NOBODY } from './auth-calls.ts';
import { checkPassword } from './check-password.ts';
import { hashPassword } from './hashing.ts';
import { closeSessionsOf, type ResolvedSession, sessionsCache } from './sessions.ts';
import { forgetFailures, inTurn, throttleKeys } from './throttle.ts';

/**
 * Own password. The account's other sessions end.
 * @refuses VALIDATION {field: 'newPassword', problems} · BAD_CREDENTIALS the old one is wrong · TOO_MANY_ATTEMPTS · CONFLICT it was changed meanwhile · UNAVAILABLE
 */
export async function changePassword(db: Database, request: AuthRequest, resolved: ResolvedSession, input: { oldPassword: string; newPassword: string }): Promise<Result<null>> {
  const { userName, accountId: id } = resolved.actor;
  const problems: string[] = passwordProblems(input.newPassword, { userName });
  if (input.newPassword === input.oldPassword) problems.push('SAME_AS_OLD');
  if (problems.length > 0) return refuse('VALIDATION', { field: 'newPassword', problems });
  try {
    const checked = await inTurn(db, userName, () => checkPassword(db, request, userName, input.oldPassword, ({ disabled_at }) => Promise.resolve(disabled_at === null)));
    if (!checked.ok) return checked;
    const passwordHash = await hashPassword(input.newPassword);
    return await execute(
      db,
      {
        name: 'auth.changePassword',
        run: async (ctx) => {
          const changed = await ctx.tx
            .updateTable('account')
            .set((eb) => ({ password_hash: passwordHash, must_change_password: 0, password_changed_at: ctx.at, version: eb('version', '+', 1) }))
            .where('id', '=', id)
            .where('password_hash', '=', checked.value.password_hash)
            .returning('id')
            .executeTakeFirst();
          if (!changed) return refuse('CONFLICT', {});
          await closeSessionsOf(ctx.tx, id, resolved.token);
          await forgetFailures(ctx.tx, throttleKeys(userName, request.address).name);
          ctx.invalidate(sessionsCache);
          ctx.record({ type: 'account.passwordChanged', subject: 'account', subjectId: id, scope: NOBODY, data: { userName } });
          return ok(null);
        },
      },
      authCall(request, resolved.actor),
      {},
    );
  } catch (fault) {
    if (fault instanceof RefusalError) return { ok: false, refusal: fault.refusal };
    throw fault;
  }
}
