import { gcj02ToWgs84 } from '@baxing/kernel';
import type { z } from 'zod';
import type { Located } from '../kinds.ts';
import type { locateSchema } from '../schemas.ts';
import type { PlaceIndex } from './place-index.ts';
import { type CodedLink, codedLink } from './views.ts';

export interface LocateAnswer extends Omit<Located, 'chain' | 'zone'> {
  readonly at: number;
  /** WGS84, whatever was asked in. */
  readonly longitude: number;
  readonly latitude: number;
  readonly chain: readonly CodedLink[];
  readonly zone: CodedLink | null;
}

/** Where a point lies and who answers for it. Null = outside the city. */
export function locate(places: PlaceIndex, input: z.output<typeof locateSchema>, now: number): LocateAnswer | null {
  const at = input.at ?? now;
  const [longitude, latitude] = input.crs === 'gcj02' ? gcj02ToWgs84([input.longitude, input.latitude]) : [input.longitude, input.latitude];
  const found = places.locate(longitude, latitude, at);
  return found && { ...found, at, longitude, latitude, chain: found.chain.map((link) => codedLink(places, link, at)), zone: found.zone && codedLink(places, found.zone, at) };
}
