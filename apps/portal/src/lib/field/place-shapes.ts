import { boundsOf, type Bounds, type MultiPolygon, multiPolygonContains } from '@baxing/kernel';
import { api, type Outputs } from '#lib/api.ts';
import { session } from '#lib/session.svelte.ts';
import { readNow, recall } from './reads.ts';

/** The grids around the post's own area, for pointing at a place without a map server and without network. */
type Shapes = Outputs['jurisdictions']['shapes'];

export interface GridShape {
  readonly id: string;
  readonly name: string;
  readonly shape: MultiPolygon;
}
export interface GridMap {
  readonly grids: readonly GridShape[];
  readonly bounds: Bounds;
  readonly synthetic: boolean;
}

/** A street's grids at most; a larger area is cut to its streets. */
async function ask(): Promise<Shapes | null> {
  const { areaId } = session.user.post;
  if (areaId === null) return null;
  const area = await api.jurisdictions.get.query({ id: areaId });
  const street = area.kind === 'street' ? area.id : area.ancestors.find((link) => link.kind === 'street')?.id;
  return street ? api.jurisdictions.shapes.query({ kind: 'grid', within: street }) : api.jurisdictions.shapes.query({ kind: 'street', within: areaId });
}

const mapOf = (shapes: Shapes | null): GridMap | null => {
  if (!shapes || shapes.features.length === 0) return null;
  const grids = shapes.features.map(({ id, properties, geometry }) => ({ id: String(id), name: properties.name, shape: geometry.coordinates as unknown as MultiPolygon }));
  return { grids, bounds: boundsOf(grids.flatMap((grid) => grid.shape)), synthetic: shapes.synthetic };
};

export async function gridMap(): Promise<GridMap | null> {
  const answer = await readNow('grids', ask);
  return mapOf(answer.ok ? answer.reading.value : ((await recall<Shapes | null>('grids'))?.value ?? null));
}

export const gridAt = (map: GridMap | null, longitude: number, latitude: number): GridShape | null => map?.grids.find((grid) => multiPolygonContains(grid.shape, longitude, latitude)) ?? null;
