/**
 * Server time, the only time. The device's clock is used to measure what has passed since the server's last word, never to say what time it is.
 */
const TICK_MS = 10_000;

let offset = 0;
let known = false;
const tick = $state({ now: 0 });
const elapsed = (): number => performance.timeOrigin + performance.now();

function move(): void {
  tick.now = Math.round(elapsed() + offset);
}

let timer: ReturnType<typeof setInterval> | undefined;

export const clock = {
  /** Epoch ms; moves every ten seconds and is reactive. */
  get now(): number {
    return tick.now;
  },
  /** Epoch ms, to the moment; not reactive. */
  exact: (): number => Math.round(elapsed() + offset),
  get known(): boolean {
    return known;
  },
  set(serverNow: number): void {
    offset = serverNow - elapsed();
    known = true;
    move();
    timer ??= setInterval(move, TICK_MS);
  },
};
