import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { homeOf, session } from '#lib/session.svelte.ts';

export const load = async () => {
  const me = await session.load({ remembered: !navigator.onLine });
  redirect(307, me ? homeOf(me.post.role) : paths.signIn());
};
