import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { session } from '#lib/session.svelte.ts';

/** Everything below is for people who are signed in with a password of their own. */
export const load = async ({ url }) => {
  const me = await session.load({ remembered: url.pathname.startsWith(paths.field.home) });
  if (!me) redirect(307, paths.signIn(url.pathname + url.search));
  if (me.mustChangePassword) redirect(307, paths.changePassword);
};
