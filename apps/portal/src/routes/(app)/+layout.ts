import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { session } from '#lib/session.svelte.ts';

/** Everything below is for people who are signed in with a password of their own. */
export const load = async ({ url }) => {
  const me = await session.load();
  if (!me) redirect(307, paths.signIn(url.pathname + url.search));
  if (me.mustChangePassword) redirect(307, paths.changePassword);
};
