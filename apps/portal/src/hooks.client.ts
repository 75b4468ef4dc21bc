import type { HandleClientError } from '@sveltejs/kit/hooks';
import { refusalOf } from '#lib/api.ts';
import { refusalText } from '#lib/refusals.ts';

/** What a page's `load` could not answer, in words and with the request's id; the stack stays in the console. */
export const handleError: HandleClientError = (caught) => {
  if (caught.kind !== 'unknown') return;
  const refusal = refusalOf(caught.error);
  if (refusal.code === 'FAULT') console.error(caught.error);
  return { status: refusal.code === 'NOT_FOUND' ? 404 : 500, message: refusalText(refusal) };
};
