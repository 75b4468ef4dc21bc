import { weigh } from '../../portal/scripts/weigh.mjs';

/** Compressed JavaScript that the main routes load. */
export function portalWeights(): Record<string, string> {
  const weights = weigh(['/sign-in', '/field', '/desk']) as Record<string, { bytes: number }>;
  return Object.fromEntries(Object.entries(weights).map(([route, { bytes }]) => [`JavaScript of ${route}, gzip kB`, (bytes / 1000).toFixed(1)]));
}
