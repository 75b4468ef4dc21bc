import { ok, refuse, type Result } from '@baxing/kernel';
import type { FeatureCollection, MultiPolygon as GeoJsonMultiPolygon, Position } from 'geojson';
import type { z } from 'zod';
import type { CodedLink } from './views.ts';
import type { jurisdictionShapesSchema } from '../schemas.ts';
import type { PlaceIndex } from './place-index.ts';

export interface ShapeProperties extends CodedLink {
  readonly parentId: string | null;
  readonly synthetic: boolean;
  readonly source: string;
}

/** For the map. `synthetic` on the collection: at least one border is 示意, and the map has to say so. */
export interface ShapeCollection extends FeatureCollection<GeoJsonMultiPolygon, ShapeProperties> {
  readonly synthetic: boolean;
  readonly at: number;
}

/** Borders of one kind, inside `within` when given. Places without a border are left out. @refuses NOT_FOUND `within` did not exist then */
export function jurisdictionShapes(places: PlaceIndex, input: z.output<typeof jurisdictionShapesSchema>, now: number): Result<ShapeCollection> {
  const at = input.at ?? now;
  if (input.within !== undefined && !places.jurisdiction(input.within, at)) return refuse('NOT_FOUND', { field: 'within' });
  const features = places.jurisdictions(at).flatMap((place) => {
    const area = place.kind === input.kind && (input.within === undefined || place.path.includes(`/${input.within}/`)) ? places.area(place.id, at) : null;
    if (!area) return [];
    const { id, kind, name, code, codes, parentId } = place;
    // The same nested arrays; GeoJSON's types only lack `readonly`.
    const coordinates = area.shape as unknown as Position[][][];
    return [{ type: 'Feature' as const, id, properties: { id, kind, name, code, codes, parentId, synthetic: area.synthetic || place.synthetic, source: area.source }, geometry: { type: 'MultiPolygon' as const, coordinates } }];
  });
  return ok({ type: 'FeatureCollection', at, synthetic: features.some((feature) => feature.properties.synthetic), features });
}
