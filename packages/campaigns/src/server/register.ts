import type { PlaceIndex } from '@baxing/jurisdictions/server';
import type { GroupKind } from '../plan/groups.ts';
import { makeRegister, type PlanRegister } from '../plan/register.ts';

/** How plans and tasks see the register: units by name, and what a group word means at an instant. */

export type GroupMemberKind = Exclude<GroupKind, 'text'>;

/** Units of the kind inside the place; for 各社区 the communities themselves, which the register of units does not know. */
export function groupMembers(places: PlaceIndex, kind: GroupMemberKind, areaId: string, at: number): string[] {
  if (kind === 'community')
    return places
      .subtree(areaId, at)
      .filter((place) => place.kind === 'community')
      .map((place) => place.id);
  return places.unitsOfKind(kind, areaId, at).map((unit) => unit.id);
}

/** Where a group word is resolved: the lead's first area, else the campaign's. */
export const groupArea = (places: PlaceIndex, leadUnitId: string | null, campaignAreaId: string, at: number): string =>
  (leadUnitId === null ? undefined : places.unitAreas(leadUnitId, at)[0]?.id) ?? campaignAreaId;

export const registerAt = (places: PlaceIndex, campaignAreaId: string, at: number): PlanRegister =>
  makeRegister(
    places.units(at).map(({ id, name, shortName, kind }) => ({ id, name, shortName, kind })),
    (kind, leadUnitId) => groupMembers(places, kind, groupArea(places, leadUnitId, campaignAreaId, at), at),
  );

/** The path of a unit's first area, '/' when it has none (a firm). */
export const unitPath = (places: PlaceIndex, unitId: string, at: number): string => {
  const area = places.unitAreas(unitId, at)[0];
  return area ? places.pathOf(area.id, at) : '/';
};
