import { createAccountInput, listAccountsInput, listPostsInput, resetPasswordInput } from '@baxing/identity';
import { createAccount, disableAccount, enableAccount, listAccounts, listPolicy, listPosts, resetPassword, setPosts, unlockAccount } from '@baxing/identity/server';
import { ok } from '@baxing/kernel';
import { z } from 'zod';
import { commandCall, mutation, permitted, query, router, unwrap, withCommandId } from '../trpc.ts';

export const accounts = router({
  list: query(listAccountsInput, async ({ services, actor }, input) => ok(await listAccounts(services.db, actor, input, services.now()))),
  // Passwords are hashed before the command and are no part of its receipt.
  create: permitted.input(withCommandId(createAccountInput)).mutation(async ({ ctx, input }) => unwrap(await createAccount(ctx.services.db, commandCall(ctx, input.commandId), input.body))),
  resetPassword: permitted.input(withCommandId(resetPasswordInput)).mutation(async ({ ctx, input }) => unwrap(await resetPassword(ctx.services.db, commandCall(ctx, input.commandId), input.body))),
  disable: mutation(disableAccount),
  enable: mutation(enableAccount),
  unlock: mutation(unlockAccount),
});

export const posts = router({
  list: query(listPostsInput, async ({ services, actor }, input) => ok(await listPosts(services.db, actor, input, services.now()))),
  set: mutation(setPosts),
});

export const policy = router({
  list: query(z.object({}).optional(), ({ services, actor }) => ok(listPolicy(services.db, actor))),
});
