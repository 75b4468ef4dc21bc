import { refuse } from '@baxing/kernel';

/** One thing that is wrong with a file, where, and by which rule. `line` counts from 1 as an editor does; for GeoJSON it counts features. */
export interface FileFinding {
  readonly line: number;
  readonly column: string | null;
  readonly rule: string;
  readonly value: string | null;
}

const FINDINGS_SHOWN_MAX = 200;

export const refuseFile = (findings: readonly FileFinding[]): ReturnType<typeof refuse> => refuse('VALIDATION', { findings: findings.slice(0, FINDINGS_SHOWN_MAX), total: findings.length });
