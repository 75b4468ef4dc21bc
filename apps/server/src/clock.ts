import { type Database, readSetting, writeSetting } from '@baxing/db';

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
  readonly demo: { advance(minutes: number): Promise<number> } | null;
  stop(): void;
}

export const wallClock = (): ProductClock => ({ now: () => Date.now(), demo: null, stop: () => {} });

/** Another process may have advanced it: read again this often. */
const REREAD_MS = 500;

export async function demoClock(db: Database, startsAt: number): Promise<ProductClock> {
  const stored = await readSetting<DemoClock>(db.read, SETTING);
  let clock = stored ?? { startsAt, since: Date.now(), advancedMs: 0 };
  if (!stored) await db.writer.run((tx) => writeSetting(tx, SETTING, clock));
  const timer = setInterval(() => {
    void readSetting<DemoClock>(db.read, SETTING).then(
      (value) => {
        if (value) clock = value;
      },
      () => {},
    );
  }, REREAD_MS);
  timer.unref();
  const now = (): number => clock.startsAt + (Date.now() - clock.since) + clock.advancedMs;
  return {
    now,
    demo: {
      async advance(minutes) {
        await db.writer.run(async (tx) => {
          const current = (await readSetting<DemoClock>(tx, SETTING)) ?? clock;
          clock = { ...current, advancedMs: current.advancedMs + minutes * 60_000 };
          await writeSetting(tx, SETTING, clock);
        });
        return now();
      },
    },
    stop: () => clearInterval(timer),
  };
}
