import type { Handle } from '@sveltejs/kit/hooks';

/** Map tiles from another host (BAXING_MAP_TILES) are the one thing that a page may load from elsewhere. */
const tiles = process.env['BAXING_MAP_TILES'];
const tileOrigin = tiles ? new URL(tiles).origin : null;

export const handle: Handle = async ({ event, resolve }) => {
  const response = await resolve(event);
  const policy = tileOrigin ? response.headers.get('content-security-policy') : null;
  if (policy) response.headers.set('content-security-policy', policy.replace(/(connect-src|img-src) /g, `$1 ${tileOrigin} `));
  return response;
};
