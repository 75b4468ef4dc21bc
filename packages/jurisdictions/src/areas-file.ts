import { type MultiPolygon, ok, refuse, type Result } from '@baxing/kernel';
import { CODE_PATTERN } from './divisions-file.ts';
import { type FileFinding, refuseFile } from './findings.ts';
import { checkGeometry } from './shape.ts';

export const AREAS_LIMITS = { charactersMax: 16_000_000, featuresMax: 5_000 } as const;

export interface AreaRecord {
  readonly code: string;
  readonly shape: MultiPolygon;
}

/**
 * A GeoJSON FeatureCollection of Polygon and MultiPolygon features, WGS84, each with its code in `properties.code` or `properties.adcode`
 * (a code of six digits is a county's and gets six zeros).
 * @refuses VALIDATION {findings}: `line` is the feature's number from 1, `value` its code or name, with the place of the fault; rules NOT_JSON,
 * NOT_A_COLLECTION, CODE_MISSING, CODE_REPEATED and those of a shape; LIMIT_EXCEEDED
 */
export function parseAreas(text: string): Result<AreaRecord[]> {
  if (text.length > AREAS_LIMITS.charactersMax) return refuse('LIMIT_EXCEEDED', { limit: 'characters', max: AREAS_LIMITS.charactersMax });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuseFile([{ line: 1, column: null, rule: 'NOT_JSON', value: null }]);
  }
  const features = (parsed as { features?: unknown } | null)?.features;
  if ((parsed as { type?: unknown } | null)?.type !== 'FeatureCollection' || !Array.isArray(features)) return refuseFile([{ line: 1, column: null, rule: 'NOT_A_COLLECTION', value: null }]);
  if (features.length > AREAS_LIMITS.featuresMax) return refuse('LIMIT_EXCEEDED', { limit: 'features', max: AREAS_LIMITS.featuresMax });
  const findings: FileFinding[] = [];
  const records = new Map<string, AreaRecord>();
  for (const [i, feature] of (features as unknown[]).entries()) {
    const { properties, geometry } = (feature ?? {}) as { properties?: Record<string, unknown> | null; geometry?: unknown };
    const given = properties?.['code'] ?? properties?.['adcode'];
    const code = /^\d{6}$/.test(String(given)) ? `${String(given)}000000` : String(given ?? '');
    const label = `${code} ${typeof properties?.['name'] === 'string' ? properties['name'].slice(0, 40) : ''}`.trim();
    const find = (rule: string, value: string): void => void findings.push({ line: i + 1, column: null, rule, value });
    if (!CODE_PATTERN.test(code)) find('CODE_MISSING', label);
    else if (records.has(code)) find('CODE_REPEATED', label);
    const check = checkGeometry(geometry);
    if ('rule' in check) find(check.rule, check.at ? `${label} @ ${check.at[0]},${check.at[1]}` : label);
    else records.set(code, { code, shape: check.shape });
  }
  return findings.length > 0 ? refuseFile(findings) : ok([...records.values()]);
}
