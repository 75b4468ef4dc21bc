import type { Id } from '@baxing/kernel';

/** Levels of the territorial tree from above; `zone` stands beside it and never in it. */
export const JURISDICTION_KINDS = ['city', 'district', 'street', 'community', 'grid', 'zone'] as const;
export type JurisdictionKind = (typeof JURISDICTION_KINDS)[number];
export type JurisdictionLayer = 'territorial' | 'zone';

/** Which kind may stand under which. A zone hangs on the city only to be found; `children` never answers it. */
export const PARENT_KIND: Readonly<Record<JurisdictionKind, JurisdictionKind | null>> = { city: null, district: 'city', street: 'district', community: 'street', grid: 'community', zone: 'city' };

/** Kinds of unit with the word that the register (单位名录) uses for each. New kinds are added here. */
export const UNIT_KIND_WORDS = {
  office: '领导小组办公室',
  task_force: '专班',
  department: '职能部门',
  brigade: '交警大队',
  police_bureau: '公安分局',
  station: '派出所',
  mass_organisation: '群团组织',
  district_government: '县区政府',
  street_office: '街道办事处',
  park: '园区管委会',
  park_section: '园区科室',
  firm: '企业',
} as const;
export type UnitKind = keyof typeof UNIT_KIND_WORDS;
export const UNIT_KINDS = Object.keys(UNIT_KIND_WORDS) as UnitKind[];
export const unitKindOf = (word: string): UnitKind | null => UNIT_KINDS.find((kind) => UNIT_KIND_WORDS[kind] === word) ?? null;

/** Where a code comes from. The same code means different places in different editions, so both are part of its name. */
export interface CodeEdition {
  readonly source: string;
  readonly edition: string;
}

/** National statistical codes, cut-off 2023-06-30. */
export const NATIONAL_CODES: CodeEdition = { source: 'nbs', edition: '2023' };
/** Grid codes made for the demonstration: 12-digit community code + 3-digit sequence. */
export const DEMO_GRID_CODES: CodeEdition = { source: 'demo-grid', edition: '2023' };

export interface OfficialCode extends CodeEdition {
  readonly code: string;
}

/** One place at one instant. */
export interface Jurisdiction {
  readonly id: Id<'jur'>;
  readonly kind: JurisdictionKind;
  readonly layer: JurisdictionLayer;
  readonly name: string;
  readonly parentId: Id<'jur'> | null;
  /** Ids from the city down to this one, joined and framed by '/'. */
  readonly path: string;
  /** The code to show: national first, then the newest edition; null = none yet. */
  readonly code: string | null;
  readonly codes: readonly OfficialCode[];
  readonly ordinal: number;
  /** Invented for the demonstration (grids): shown as 示意. */
  readonly synthetic: boolean;
  readonly validFrom: number;
  readonly validTo: number | null;
}

export interface Unit {
  readonly id: Id<'unt'>;
  readonly name: string;
  readonly shortName: string;
  readonly kind: UnitKind;
  readonly parentId: Id<'unt'> | null;
  readonly note: string;
  readonly ordinal: number;
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly version: number;
}

export interface UnitArea {
  /** Id of the jurisdiction. */
  readonly id: Id<'jur'>;
  readonly kind: JurisdictionKind;
  readonly name: string;
  readonly note: string;
}

export interface ChainLink {
  readonly id: Id<'jur'>;
  readonly kind: JurisdictionKind;
  readonly name: string;
  readonly code: string | null;
}

export interface UnitRef {
  readonly id: Id<'unt'>;
  readonly name: string;
  readonly shortName: string;
  readonly kind: UnitKind;
}

/** What is known about a point at an instant. */
export interface Located {
  /** From the city down to the deepest place that covers the point. */
  readonly chain: readonly ChainLink[];
  /** The street office, else the county government; null = the register names neither. */
  readonly territorialUnit: UnitRef | null;
  /** Every other unit whose area covers the point, nearest area first. */
  readonly units: readonly UnitRef[];
  readonly zone: ChainLink | null;
  /** A border or a grid on the way is 示意: never to be shown as real. */
  readonly synthetic: boolean;
}
