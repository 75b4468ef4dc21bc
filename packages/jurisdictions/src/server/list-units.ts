import { ok, refuse, type Result } from '@baxing/kernel';
import type { z } from 'zod';
import type { listUnitsSchema } from '../schemas.ts';
import type { PlaceIndex } from './place-index.ts';
import { type UnitView, unitView } from './views.ts';

/** Units in the order of the register; `within`: with an area inside that place; `text`: part of the full or short name. @refuses NOT_FOUND `within` did not exist then */
export function listUnits(places: PlaceIndex, input: z.output<typeof listUnitsSchema>, now: number): Result<{ at: number; items: UnitView[] }> {
  const at = input.at ?? now;
  if (input.within !== undefined && !places.jurisdiction(input.within, at)) return refuse('NOT_FOUND', { field: 'within' });
  const items = places
    .units(at)
    .filter((unit) => input.kind === undefined || unit.kind === input.kind)
    .filter((unit) => input.text === undefined || unit.name.includes(input.text) || unit.shortName.includes(input.text))
    .map((unit) => unitView(places, unit, at))
    .filter((unit) => input.within === undefined || unit.areas.some((area) => places.pathOf(area.id, at).includes(`/${input.within}/`)));
  return ok({ at, items });
}
