import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const MEMORY_FREE_MIN = 2 * 1024 ** 3;

function memoryIsRoomy(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_FREE_MIN;
  } catch {
    return false;
  }
}

/** A new folder for data that only has to live as long as the run: in memory when there is room (a new database takes 12 ms there, 400 ms on disk). */
export const scratchFolder = (prefix: string): string => mkdtempSync(join(memoryIsRoomy() ? MEMORY : tmpdir(), prefix));
