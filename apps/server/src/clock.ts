import { type Database, readSetting, type Tx, writeSetting } from '@baxing/db';

/**
 * Product time. Outside the demonstration it is the wall's. In the demonstration: its start + elapsed since it was first started + what an
 * administrator advanced, kept in the database, so that every process and every restart agrees.
 */
const SETTING = 'demo.clock';

interface DemoClock {
  startsAt: number;
  /** Wall time at which the demonstration was first started. */
  since: number;
  advancedMs: number;
}

export interface ProductClock {
  now(): number;
  /** Null outside the demonstration. */
  readonly demo: { advance(tx: Tx, minutes: number): Promise<void>; refresh(): Promise<number> } | null;
  stop(): void;
}

export const wallClock = (): ProductClock => ({ now: () => Date.now(), demo: null, stop: () => {} });

/** Another process may have advanced it: read again this often. */
const REREAD_MS = 500;

export async function demoClock(db: Database, startsAt: number): Promise<ProductClock> {
  const stored = await readSetting<DemoClock>(db.read, SETTING);
  let clock = stored ?? { startsAt, since: Date.now(), advancedMs: 0 };
  if (!stored) await db.writer.run((tx) => writeSetting(tx, SETTING, clock));
  const reread = async (): Promise<void> => {
    clock = (await readSetting<DemoClock>(db.read, SETTING)) ?? clock;
  };
  const timer = setInterval(() => void reread().catch(() => {}), REREAD_MS);
  timer.unref();
  const now = (): number => clock.startsAt + (Date.now() - clock.since) + clock.advancedMs;
  return {
    now,
    demo: {
      async advance(tx, minutes) {
        const current = (await readSetting<DemoClock>(tx, SETTING)) ?? clock;
        await writeSetting(tx, SETTING, { ...current, advancedMs: current.advancedMs + minutes * 60_000 });
      },
      async refresh() {
        await reread();
        return now();
      },
    },
    stop: () => clearInterval(timer),
  };
}
