import type { Outputs } from '#lib/api.ts';

export type Progress = Outputs['campaigns']['progress'];
export type Numbers = Progress['total'];
export type Cell = Progress['cells'][number];

/** Where the board stands: a cell, a row or column (one of them empty), and how deep into it. */
export interface BoardPlace {
  readonly action: string;
  readonly unit: string;
  readonly assignment: string;
  readonly ticket: string;
}
export const NOWHERE: BoardPlace = { action: '', unit: '', assignment: '', ticket: '' };

export const keyOf = (actionCode: string, unitId: string): string => `${actionCode}|${unitId}`;
