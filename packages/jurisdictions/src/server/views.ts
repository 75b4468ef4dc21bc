import type { MultiPolygon } from '@baxing/kernel';
import type { ChainLink, Jurisdiction, OfficialCode, Unit, UnitArea } from '../kinds.ts';
import type { PlaceIndex } from './place-index.ts';

/** A place as the API answers it: plain JSON. */
export interface JurisdictionView extends Jurisdiction {
  readonly childCount: number;
  readonly areaSquareMetres: number | null;
  /** The border is 示意; null without a border. */
  readonly areaSynthetic: boolean | null;
  /** GeoJSON MultiPolygon coordinates, WGS84; only when asked for. */
  readonly shape?: MultiPolygon | null;
}

export function jurisdictionView(places: PlaceIndex, place: Jurisdiction, at: number, withShape: boolean): JurisdictionView {
  const area = places.area(place.id, at);
  return {
    ...place,
    childCount: places.children(place.id, at).length,
    areaSquareMetres: area && Math.round(area.areaSquareMetres),
    areaSynthetic: area && area.synthetic,
    ...(withShape ? { shape: area?.shape ?? null } : {}),
  };
}

export interface UnitView extends Unit {
  readonly areas: readonly UnitArea[];
}

export const unitView = (places: PlaceIndex, unit: Unit, at: number): UnitView => ({ ...unit, areas: places.unitAreas(unit.id, at) });

export interface CodedLink extends ChainLink {
  readonly codes: readonly OfficialCode[];
}

export const codedLink = (places: PlaceIndex, link: ChainLink, at: number): CodedLink => ({ ...link, codes: places.jurisdiction(link.id, at)?.codes ?? [] });
