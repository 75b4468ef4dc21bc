import { redirect } from '@sveltejs/kit';
import { session } from '#lib/session.svelte.ts';
import { deskNav } from '#lib/shell/nav.ts';

/** The desk begins with the first page that the post may open. */
export const load = async ({ parent }) => {
  await parent();
  const first = deskNav()
    .flatMap((group) => group.items)
    .find((item) => session.may(item.verb));
  if (first) redirect(307, first.href);
};
