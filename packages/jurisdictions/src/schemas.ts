import { idSchema, instantSchema, type MultiPolygon, textSchema, versionSchema } from '@baxing/kernel';
import { z } from 'zod';
import { CODE_PATTERN, PLACE_NAME_MAX } from './divisions-file.ts';
import { JURISDICTION_KINDS, UNIT_KINDS, type UnitKind } from './kinds.ts';
import { checkMultiPolygon } from './shape.ts';

/** Inputs of the commands and queries of this package, with their limits. */

export const UNIT_NAME_MAX = 80;
const NOTE_MAX = 200;

const codeSchema = z.string().regex(CODE_PATTERN);
const editionSchema = z.object({ source: z.string().regex(/^[a-z0-9-]{1,32}$/), edition: z.string().regex(/^[0-9A-Za-z.-]{1,32}$/) });
const unitKindSchema = z.enum(UNIT_KINDS as [UnitKind, ...UnitKind[]]);
const ordinalSchema = z.number().int().min(0).max(1_000_000);

const divisionRowSchema = z.object({
  code: codeSchema,
  /** Further codes of the same place in the same edition. */
  alsoCodes: z.array(codeSchema).max(20),
  /** Null for the city only. */
  parentCode: codeSchema.nullable(),
  kind: z.enum(JURISDICTION_KINDS),
  name: textSchema(PLACE_NAME_MAX, 1),
  ordinal: ordinalSchema,
});
export type DivisionRow = z.output<typeof divisionRowSchema>;

export const divisionsImportSchema = z.object({
  codes: editionSchema,
  /** Whose codes `parentCode` holds. */
  parentCodes: editionSchema,
  /** From when the rows hold, epoch ms. */
  validFrom: instantSchema,
  synthetic: z.boolean(),
  rows: z.array(divisionRowSchema).min(1).max(20_000),
});
export type DivisionsImport = z.output<typeof divisionsImportSchema>;

const shapeSchema = z.custom<MultiPolygon>((value) => 'shape' in checkMultiPolygon(value), { error: 'MultiPolygon' });

export const areasImportSchema = z.object({
  codes: editionSchema,
  validFrom: instantSchema,
  /** True = 示意: the portal never shows it as a real border. */
  synthetic: z.boolean(),
  source: textSchema(NOTE_MAX, 1),
  areas: z.array(z.object({ code: codeSchema, shape: shapeSchema })).min(1).max(5_000),
});
export type AreasImport = z.output<typeof areasImportSchema>;

const unitRowSchema = z.object({
  name: textSchema(UNIT_NAME_MAX, 1),
  shortName: textSchema(UNIT_NAME_MAX, 1),
  kind: unitKindSchema,
  /** Full or short name of the unit above. */
  parent: textSchema(UNIT_NAME_MAX, 1).nullable(),
  areaCode: codeSchema.nullable(),
  areaNote: textSchema(NOTE_MAX),
  note: textSchema(NOTE_MAX),
  ordinal: ordinalSchema,
});
export type UnitRow = z.output<typeof unitRowSchema>;

export const unitsImportSchema = z.object({
  /** Whose codes `areaCode` holds. */
  codes: editionSchema,
  validFrom: instantSchema,
  rows: z.array(unitRowSchema).min(1).max(5_000),
});
export type UnitsImport = z.output<typeof unitsImportSchema>;

export const setUnitAreaSchema = z.object({
  unitId: idSchema('unt'),
  version: versionSchema,
  /** From when the unit answers for exactly these places. */
  from: instantSchema,
  areas: z.array(z.object({ jurisdictionId: idSchema('jur'), note: textSchema(NOTE_MAX) })).max(200),
});

const atSchema = instantSchema.optional();
const pageSchema = { after: idSchema('jur').optional(), limit: z.number().int().min(1).max(1_000).default(500) };

export const listJurisdictionsSchema = z.object({ parentId: idSchema('jur').optional(), kind: z.enum(JURISDICTION_KINDS).optional(), at: atSchema, withShape: z.boolean().default(false), ...pageSchema });
export const getJurisdictionSchema = z.object({ id: idSchema('jur'), at: atSchema });
export const locateSchema = z.object({ longitude: z.number().min(-180).max(180), latitude: z.number().min(-90).max(90), at: atSchema, crs: z.enum(['wgs84', 'gcj02']).default('wgs84') });
export const jurisdictionShapesSchema = z.object({ kind: z.enum(JURISDICTION_KINDS), within: idSchema('jur').optional(), at: atSchema });
export const listUnitsSchema = z.object({ kind: unitKindSchema.optional(), within: idSchema('jur').optional(), text: textSchema(UNIT_NAME_MAX).optional(), at: atSchema });
