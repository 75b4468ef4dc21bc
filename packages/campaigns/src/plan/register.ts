import type { UnitKind } from '@baxing/jurisdictions';
import type { GroupKind } from './groups.ts';
import { keyOfName, nameSimilarity, PROPOSAL_MIN, sameSort } from './names.ts';

export interface RegisterUnit {
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
  readonly kind: UnitKind;
}

/** What the reading of a plan asks of the register of units. */
export interface PlanRegister {
  /** Units called exactly so, in full or in short. */
  named(name: string): readonly RegisterUnit[];
  unit(id: string): RegisterUnit | null;
  /** Likest first; never applied by itself. */
  propose(name: string): { unitId: string; name: string; similarity: number }[];
  /** Ids of the units (or communities) that a group word means, inside the lead's area. */
  group(kind: Exclude<GroupKind, 'text'>, leadUnitId: string | null): readonly string[];
}

const PROPOSALS_MAX = 3;

export function makeRegister(units: readonly RegisterUnit[], group: PlanRegister['group']): PlanRegister {
  const byName = new Map<string, RegisterUnit[]>();
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  for (const unit of units) for (const key of new Set([keyOfName(unit.name), keyOfName(unit.shortName)])) byName.set(key, [...(byName.get(key) ?? []), unit]);
  return {
    named: (name) => byName.get(keyOfName(name)) ?? [],
    unit: (id) => byId.get(id) ?? null,
    group,
    propose: (name) =>
      units
        // The full name says what it is: 城关区 in short is a government and no department.
        .filter((unit) => sameSort(name, unit.name))
        .map((unit) => ({ unitId: unit.id, name: unit.name, similarity: Math.max(nameSimilarity(name, unit.name), nameSimilarity(name, unit.shortName)) }))
        .filter(({ similarity }) => similarity >= PROPOSAL_MIN)
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, PROPOSALS_MAX),
  };
}
