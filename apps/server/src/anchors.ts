import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Anchor } from '@baxing/db';

/** Heads of the audit chain kept beside the database, one line each, only ever appended: what finds a chain that was cut off, even when it went on since. */
const fileIn = (dataFolder: string): string => join(dataFolder, 'audit-anchors.log');

export const appendAnchor = (dataFolder: string, { seq, hash }: Anchor): void => appendFileSync(fileIn(dataFolder), `${seq} ${hash}\n`);

export function readAnchors(dataFolder: string): Anchor[] {
  let text: string;
  try {
    text = readFileSync(fileIn(dataFolder), 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
  // What stands after the last line break was being written when the process died.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [seq = '', hash = ''] = line.split(' ');
      return { seq: Number(seq), hash };
    });
}
