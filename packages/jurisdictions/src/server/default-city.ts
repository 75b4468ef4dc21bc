import { readFileSync } from 'node:fs';
import { type Result, RefusalError } from '@baxing/kernel';
import { parseAreas } from '../areas-file.ts';
import { parseDivisionsFile } from '../divisions-file.ts';
import { type CodeEdition, DEMO_GRID_CODES, NATIONAL_CODES } from '../kinds.ts';
import type { AreasImport, DivisionsImport, UnitsImport } from '../schemas.ts';
import { parseUnitsFile } from '../units-file.ts';

/** 2023-01-01T00:00+08:00. The edition ends on 2023-06-30; its places are older, but no source gives their day, so the year's first is used for all. */
export const DEFAULT_CITY_VALID_FROM = 1_672_502_400_000;

export interface CityInputs {
  /** `divisions.import`, in this order: the tree and the zones, then the grids of 城关区. */
  readonly divisions: readonly DivisionsImport[];
  /** `areas.import`: districts, streets, communities, grids. */
  readonly areas: readonly AreasImport[];
  /** `units.import` */
  readonly units: UnitsImport;
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new RefusalError(result.refusal.code, result.refusal.details);
  return result.value;
}

const packaged = (name: string): string => readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8');

/** Lhasa as packaged in `data/`: the inputs of the imports, run in the order divisions, areas, units. Reads files; call it outside a command. */
export function loadDefaultCity(): CityInputs {
  const validFrom = DEFAULT_CITY_VALID_FROM;
  const areas = (file: string, codes: CodeEdition, source: string): AreasImport => ({ codes, validFrom, synthetic: true, source, areas: must(parseAreas(packaged(`cut/${file}`))) });
  return {
    divisions: [
      must(parseDivisionsFile(packaged('lhasa_divisions_2023.csv'), { codes: NATIONAL_CODES, validFrom, synthetic: false })),
      must(parseDivisionsFile(packaged('cut/grids.csv'), { codes: DEMO_GRID_CODES, parentCodes: NATIONAL_CODES, validFrom, synthetic: true })),
    ],
    areas: [
      areas('districts.geojson', NATIONAL_CODES, 'DataV, converted from GCJ-02; 示意'),
      areas('streets.geojson', NATIONAL_CODES, 'synthetic cells; 示意'),
      areas('communities.geojson', NATIONAL_CODES, 'synthetic cuts; 示意'),
      areas('grids.geojson', DEMO_GRID_CODES, 'synthetic cuts; 示意'),
    ],
    units: must(parseUnitsFile(packaged('units.csv'), { codes: NATIONAL_CODES, validFrom })),
  };
}
