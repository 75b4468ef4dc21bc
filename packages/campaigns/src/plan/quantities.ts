import { toSteps, unitOfMeasure } from '@baxing/kernel';
import { type PlanCell, textOf } from './rows.ts';

/** `steps` of the measure (公斤 → grams). */
export type QuantityCell = { readonly steps: number | null; readonly measure: string } | { readonly problem: 'NUMBER_UNREADABLE' | 'NUMBER_TOO_FINE' };

/** 38744.6 + 公斤 → 38,744,600; `45处` reads its measure from the same cell when the other is empty or equal. */
export function parseQuantity(cell: PlanCell, measureCell: PlanCell): QuantityCell {
  const measure = textOf(measureCell);
  const text = textOf(cell).normalize('NFKC').replace(/[,\s]/g, '');
  if (text === '') return { steps: null, measure };
  const found = /^(\d+(?:\.\d+)?)(\D*)$/.exec(text);
  if (!found || (found[2] !== '' && measure !== '' && found[2] !== measure)) return { problem: 'NUMBER_UNREADABLE' };
  const named = measure === '' ? found[2]! : measure;
  const steps = toSteps(Number(found[1]), unitOfMeasure(named));
  return steps === null ? { problem: 'NUMBER_TOO_FINE' } : { steps, measure: named };
}
