import type { UnitKind } from '@baxing/jurisdictions';
import type { GroupKind } from './groups.ts';
import type { Proposal } from './examine.ts';
import { coreSimilarity, keyOfName, PROPOSAL_MIN, sameSort, taken, type TakenName } from './names.ts';

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
  /** Likest first; never applied by itself. None for a text that is too long to be a name. */
  propose(name: string): readonly Proposal[];
  /** Ids of the units (or communities) that a group word means, inside the lead's area. */
  group(kind: Exclude<GroupKind, 'text'>, leadUnitId: string | null): readonly string[];
}

const PROPOSALS_MAX = 3;
const NAME_MAX = 80;
/** What rounds up to `PROPOSAL_MIN`. */
const LIKE_ENOUGH = PROPOSAL_MIN - 0.005;

/** Whether a common subsequence could be long enough at all. */
const comparable = (x: readonly string[], y: readonly string[]): boolean => 2 * Math.min(x.length, y.length) >= LIKE_ENOUGH * (x.length + y.length);

/** Searches for each name, and asks `group` for each word and lead, once. */
export function makeRegister(units: readonly RegisterUnit[], group: PlanRegister['group']): PlanRegister {
  const byName = new Map<string, RegisterUnit[]>();
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  for (const unit of units) for (const key of new Set([keyOfName(unit.name), keyOfName(unit.shortName)])) byName.set(key, [...(byName.get(key) ?? []), unit]);
  const groups = new Map<string, readonly string[]>();
  const proposals = new Map<string, readonly Proposal[]>();
  let takenUnits: { unit: RegisterUnit; full: TakenName; short: TakenName }[] | null = null;
  const search = (name: string): Proposal[] => {
    if (name.length > NAME_MAX) return [];
    takenUnits ??= units.map((unit) => ({ unit, full: taken(unit.name), short: taken(unit.shortName) }));
    const wanted = taken(name);
    const similarity = (to: TakenName): number => (sameSort(wanted, to) && comparable(wanted.core, to.core) ? coreSimilarity(wanted.core, to.core) : 0);
    return (
      takenUnits
        // The full name says what it is: 城关区 in short is a government and no department.
        .filter(({ full }) => sameSort(wanted, full))
        .map(({ unit, full, short }) => ({ unitId: unit.id, name: unit.name, similarity: Math.max(similarity(full), similarity(short)) }))
        .filter((proposal) => proposal.similarity >= PROPOSAL_MIN)
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, PROPOSALS_MAX)
    );
  };
  return {
    named: (name) => byName.get(keyOfName(name)) ?? [],
    unit: (id) => byId.get(id) ?? null,
    group(kind, leadUnitId) {
      const key = `${kind} ${leadUnitId}`;
      const known = groups.get(key) ?? group(kind, leadUnitId);
      groups.set(key, known);
      return known;
    },
    propose(name) {
      const known = proposals.get(name) ?? search(name);
      proposals.set(name, known);
      return known;
    },
  };
}
