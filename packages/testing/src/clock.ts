import type { Clock } from '@baxing/kernel';

export interface TestClock extends Clock {
  set(at: number): void;
  advance(ms: number): void;
}

/** Tuesday 2023-11-28 09:30 in Lhasa: where the demonstration begins. */
export const TEST_START = Date.UTC(2023, 10, 28, 1, 30);

/** A clock that moves only when told to. Epoch ms. */
export function testClock(start = TEST_START): TestClock {
  let at = start;
  return {
    now: () => at,
    set: (to) => void (at = to),
    advance: (ms) => void (at += ms),
  };
}
