import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { session } from '#lib/session.svelte.ts';

export const load = async () => {
  if (!(await session.load())) redirect(307, paths.signIn(paths.changePassword));
};
