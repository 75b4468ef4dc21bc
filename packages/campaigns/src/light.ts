/** Red, yellow, green: one rule for the board, a unit's row and an assignment. */
export type Light = 'red' | 'yellow' | 'green' | 'none';

export interface LightFacts {
  /** Assignments that hold a share of the target. */
  readonly held: number;
  /** Of them: work not in by its deadline. */
  readonly late: number;
  /** Of them: due soon, or not accepted in time. */
  readonly warned: number;
}

/** Red when anything is late, yellow when anything is due soon or was not accepted in time, green otherwise; none when nothing is assigned. */
export function lightOf({ held, late, warned }: LightFacts): Light {
  if (held === 0) return 'none';
  if (late > 0) return 'red';
  return warned > 0 ? 'yellow' : 'green';
}
