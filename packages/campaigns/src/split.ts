import { type Result, ok, refuse, splitByWeight, splitEqually } from '@baxing/kernel';

export const SPLITS = ['equal', 'weight', 'hand'] as const;
export type Split = (typeof SPLITS)[number];

/**
 * Parts of `totalSteps` for as many targets, in their order; they always sum to it.
 * @refuses VALIDATION {field: targets, rule: WEIGHT | PART | SUM, …} — SUM tells `totalSteps` and `givenSteps`
 */
export function splitTarget(totalSteps: number, split: Split, targets: readonly { readonly targetSteps?: number | undefined; readonly weight?: number | undefined }[]): Result<number[]> {
  if (split === 'equal') return ok(splitEqually(totalSteps, targets.length));
  if (split === 'weight') {
    const weights = targets.map(({ weight }) => weight ?? 0);
    return weights.some((weight) => weight <= 0) ? refuse('VALIDATION', { field: 'targets', rule: 'WEIGHT' }) : ok(splitByWeight(totalSteps, weights));
  }
  const missing = targets.findIndex(({ targetSteps }) => targetSteps === undefined);
  if (missing >= 0) return refuse('VALIDATION', { field: 'targets', rule: 'PART', index: missing });
  const parts = targets.map(({ targetSteps }) => targetSteps!);
  const givenSteps = parts.reduce((a, b) => a + b, 0);
  return givenSteps === totalSteps ? ok(parts) : refuse('VALIDATION', { field: 'targets', rule: 'SUM', totalSteps, givenSteps });
}
