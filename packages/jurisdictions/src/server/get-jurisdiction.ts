import { ok, refuse, type Result } from '@baxing/kernel';
import type { z } from 'zod';
import type { getJurisdictionSchema } from '../schemas.ts';
import type { PlaceIndex } from './place-index.ts';
import { type CodedLink, codedLink, type JurisdictionView, jurisdictionView, type UnitView, unitView } from './views.ts';

export interface JurisdictionPage extends JurisdictionView {
  readonly at: number;
  readonly ancestors: readonly CodedLink[];
  readonly children: readonly CodedLink[];
  /** Units whose area is exactly this place. */
  readonly units: readonly UnitView[];
}

/** @refuses NOT_FOUND the place did not exist at that instant */
export function getJurisdiction(places: PlaceIndex, input: z.output<typeof getJurisdictionSchema>, now: number): Result<JurisdictionPage> {
  const at = input.at ?? now;
  const place = places.jurisdiction(input.id, at);
  if (!place) return refuse('NOT_FOUND', {});
  const links = (list: readonly { id: typeof place.id; kind: typeof place.kind; name: string; code: string | null }[]): CodedLink[] => list.map(({ id, kind, name, code }) => codedLink(places, { id, kind, name, code }, at));
  return ok({
    ...jurisdictionView(places, place, at, true),
    at,
    ancestors: links(places.ancestors(place.id, at)),
    children: links(places.children(place.id, at)),
    units: places
      .units(at)
      .map((unit) => unitView(places, unit, at))
      .filter((unit) => unit.areas.some((area) => area.id === place.id)),
  });
}
