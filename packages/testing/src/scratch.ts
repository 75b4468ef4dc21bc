import { accessSync, chmodSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const MEMORY_FREE_MIN = 2 * 1024 ** 3;
const RUN_FOLDER = /^baxing-run-(\d+)-/;
const VARIABLE = 'BAXING_TEST_SCRATCH';

function memoryIsRoomy(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_FREE_MIN;
  } catch {
    return false;
  }
}

/** In memory when there is room: a new database takes 12 ms there, 400 ms on disk. */
const place = (): string => (memoryIsRoomy() ? MEMORY : tmpdir());

/** A new folder for data that only has to live as long as the run. Within a run it goes with the run's folder. */
export const scratchFolder = (prefix: string): string => mkdtempSync(join(process.env[VARIABLE] ?? place(), prefix));

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as { code?: string }).code === 'EPERM';
  }
};

/** The one folder of a test run, also for everything that asks for the system's temporary folder. Removes what killed runs left. */
export function openRunFolder(): { remove(): void } {
  const parent = place();
  for (const name of readdirSync(parent)) {
    const pid = RUN_FOLDER.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(parent, `baxing-run-${process.pid}-`));
  // PostgreSQL runs as another user and has its data inside.
  chmodSync(folder, 0o755);
  process.env[VARIABLE] = folder;
  process.env['TMPDIR'] = folder;
  return { remove: () => rmSync(folder, { recursive: true, force: true }) };
}
