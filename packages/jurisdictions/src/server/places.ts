import { defineCache, type Reader } from '@baxing/db';
import type { MultiPolygon } from '@baxing/kernel';
import { PlaceIndex, type PlaceRows } from './place-index.ts';

export type { PlaceRows };

/** Every dated row of the register: some hundreds of places, units and shapes. */
export async function readPlaceRows(reader: Reader): Promise<PlaceRows> {
  const jurisdictions = await reader.selectFrom('jurisdiction').select(['id', 'kind', 'layer', 'synthetic', 'valid_from', 'valid_to']).orderBy('id').execute();
  const terms = await reader.selectFrom('jurisdiction_term').select(['jurisdiction_id', 'name', 'parent_id', 'ordinal', 'valid_from', 'valid_to']).orderBy('id').execute();
  const codes = await reader.selectFrom('jurisdiction_code').select(['jurisdiction_id', 'source', 'edition', 'code', 'valid_from', 'valid_to']).orderBy('id').execute();
  const areas = await reader.selectFrom('jurisdiction_area').selectAll().orderBy('id').execute();
  const units = await reader.selectFrom('unit').selectAll().orderBy('id').execute();
  const unitAreas = await reader.selectFrom('unit_area').select(['unit_id', 'jurisdiction_id', 'note', 'valid_from', 'valid_to']).orderBy('id').execute();
  return {
    jurisdictions,
    terms,
    codes,
    areas: areas.map(({ shape, west, south, east, north, ...row }) => ({ ...row, shape: JSON.parse(shape) as MultiPolygon, bounds: [west, south, east, north] as const })),
    units,
    unitAreas,
  };
}

/** The register as this process holds it; `ctx.cached(placeCache)` in a command, `db.caches.get(placeCache)` outside. */
export const placeCache = defineCache('places', async (reader) => new PlaceIndex(await readPlaceRows(reader)));
