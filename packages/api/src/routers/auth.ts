import { changePasswordInput, signInInput, switchPostInput } from '@baxing/identity';
import { type AuthRequest, changePassword, me, signIn, signOut, switchPost } from '@baxing/identity/server';
import { type Context, open, router, signedIn, unwrap, withoutNul } from '../trpc.ts';

const requestOf = ({ services, address, requestId }: Context): AuthRequest => ({ address, requestId, wallNow: services.wallNow(), at: services.now() });

export const auth = router({
  signIn: open.use(withoutNul).input(signInInput).mutation(async ({ ctx, input }) => {
    const done = unwrap(await signIn(ctx.services.db, { ...requestOf(ctx), userName: input.username, password: input.password, secure: ctx.services.secureCookies }));
    ctx.setCookie(done.setCookie);
    return { ...done.me, mustChangePassword: done.mustChangePassword, demo: ctx.services.demo !== null, mapTiles: ctx.services.mapTiles };
  }),
  /** Who I am, in which post, what I may call, and the server's product time. */
  me: signedIn.query(({ ctx }) => ({ ...me(ctx.services.db, ctx.session, ctx.services.now()), demo: ctx.services.demo !== null, mapTiles: ctx.services.mapTiles })),
  signOut: signedIn.mutation(async ({ ctx }) => {
    const { setCookie } = unwrap(await signOut(ctx.services.db, { ...requestOf(ctx), secure: ctx.services.secureCookies }, ctx.session));
    ctx.setCookie(setCookie);
    return null;
  }),
  switchPost: signedIn.use(withoutNul).input(switchPostInput).mutation(async ({ ctx, input }) => unwrap(await switchPost(ctx.services.db, requestOf(ctx), ctx.session, input))),
  changePassword: signedIn.use(withoutNul).input(changePasswordInput).mutation(async ({ ctx, input }) => unwrap(await changePassword(ctx.services.db, requestOf(ctx), ctx.session, input))),
});
