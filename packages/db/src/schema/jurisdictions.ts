/**
 * Owner: `packages/jurisdictions`. `valid_from` inclusive, `valid_to` exclusive, epoch ms; null = open.
 * A place keeps its id for life; what may change while it lives (name, parent, code, area) is a dated row of its own.
 */
export interface JurisdictionsTables {
  jurisdiction: {
    id: string;
    /** territorial: city, district, street, community, grid · zone layer: zone */
    kind: 'city' | 'district' | 'street' | 'community' | 'grid' | 'zone';
    layer: 'territorial' | 'zone';
    synthetic: number;
    valid_from: number;
    valid_to: number | null;
    version: number;
  };
  /** What a place was called and to whom it belonged during a time. Paths are not stored: a street that moves would rewrite its grids. */
  jurisdiction_term: {
    id: string;
    jurisdiction_id: string;
    name: string;
    parent_id: string | null;
    ordinal: number;
    valid_from: number;
    valid_to: number | null;
  };
  jurisdiction_code: { id: string; jurisdiction_id: string; source: string; edition: string; code: string; valid_from: number; valid_to: number | null };
  /** `shape`: JSON MultiPolygon coordinates, WGS84. */
  jurisdiction_area: {
    id: string;
    jurisdiction_id: string;
    shape: string;
    area_m2: number;
    west: number;
    south: number;
    east: number;
    north: number;
    synthetic: number;
    source: string;
    valid_from: number;
    valid_to: number | null;
  };
  /** Bodies that act: street offices, police stations, brigades, departments, parks, firms, task forces. */
  unit: {
    id: string;
    name: string;
    short_name: string;
    kind: string;
    parent_id: string | null;
    note: string;
    ordinal: number;
    valid_from: number;
    valid_to: number | null;
    version: number;
  };
  unit_area: { id: string; unit_id: string; jurisdiction_id: string; note: string; valid_from: number; valid_to: number | null };
}
