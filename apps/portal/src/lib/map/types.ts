import type { FeatureCollection, MultiPolygon, Point, Polygon } from 'geojson';

/** What a map is given. Positions are WGS84 [longitude, latitude]; colours come from the tones, never from the page. */
export interface AreaProperties {
  readonly id: string;
  readonly name: string;
  readonly tone?: 'plain' | 'soon' | 'alarm' | 'done' | undefined;
}
export interface PointProperties {
  readonly id: string;
  readonly label?: string | undefined;
  readonly tone: 'plain' | 'active' | 'soon' | 'alarm' | 'done';
}
export type Areas = FeatureCollection<Polygon | MultiPolygon, AreaProperties>;
export type Points = FeatureCollection<Point, PointProperties>;
export type LngLat = readonly [longitude: number, latitude: number];
export type Window = readonly [west: number, south: number, east: number, north: number];

export const NO_AREAS: Areas = { type: 'FeatureCollection', features: [] };
export const NO_POINTS: Points = { type: 'FeatureCollection', features: [] };

/** The smallest window that holds everything; null when there is nothing. */
export function windowOf(...collections: readonly (Areas | Points)[]): Window | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === 'number') {
      const [x, y] = value as [number, number];
      west = Math.min(west, x);
      east = Math.max(east, x);
      south = Math.min(south, y);
      north = Math.max(north, y);
      return;
    }
    for (const part of value) visit(part);
  };
  for (const { features } of collections) for (const feature of features) visit(feature.geometry.coordinates);
  return west <= east ? [west, south, east, north] : null;
}
