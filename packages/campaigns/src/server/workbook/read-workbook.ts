import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { type Result, ok, refuse } from '@baxing/kernel';
import type { SheetContent } from '../../plan/rows.ts';
import { WORKBOOK_HEAP_MB, WORKBOOK_LIMITS } from './limits.ts';

export interface WorkbookContent {
  /** Of the file's bytes, in hex. */
  readonly sha256: string;
  readonly sheets: readonly SheetContent[];
}

type Parsed = Omit<WorkbookContent, 'sha256'>;

/** The port behind which a workbook library may be exchanged; test/workbook.test.ts is its contract. */
export type ReadWorkbook = (source: Uint8Array | string) => Promise<Result<WorkbookContent>>;

const RUNNING_MAX = 2;
const WAITING_MAX = 16;
let running = 0;
const waiting: (() => void)[] = [];

/**
 * Cells of an .xlsx, from bytes or from a file's path. Everything happens in a thread with its own small heap and a time limit: a hostile file ends that thread and nothing else.
 * @refuses UNSUPPORTED_TYPE {rule: NOT_XLSX | ENCRYPTED_OR_XLS} · UNSAFE_FILE {rule: MACROS | EXTERNAL_LINKS | EXTERNAL_DATA | EMBEDDED_OBJECTS | ENTITIES | ENCODING | ENCRYPTED | BROKEN_ZIP | BROKEN_WORKBOOK | …} · LIMIT_EXCEEDED {rule, max} · UNAVAILABLE {queue}
 */
export const readWorkbook: ReadWorkbook = async (source) => {
  if (typeof source === 'string' && (await stat(source)).size > WORKBOOK_LIMITS.fileBytes) return refuse('LIMIT_EXCEEDED', { rule: 'FILE_BYTES', max: WORKBOOK_LIMITS.fileBytes });
  const bytes = typeof source === 'string' ? await readFile(source) : source;
  if (bytes.byteLength > WORKBOOK_LIMITS.fileBytes) return refuse('LIMIT_EXCEEDED', { rule: 'FILE_BYTES', max: WORKBOOK_LIMITS.fileBytes });
  if (waiting.length >= WAITING_MAX) return refuse('UNAVAILABLE', { queue: 'workbook' });
  if (running >= RUNNING_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const read = await inThread(bytes);
    return read.ok ? ok({ sha256, ...read.value }) : read;
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
};

function inThread(bytes: Uint8Array): Promise<Result<Parsed>> {
  // A copy of its own: the thread takes it over without a second one.
  const own = new Uint8Array(bytes);
  const worker = new Worker(new URL('./parse-thread.ts', import.meta.url), {
    workerData: { bytes: own },
    transferList: [own.buffer],
    resourceLimits: { maxOldGenerationSizeMb: WORKBOOK_HEAP_MB, maxYoungGenerationSizeMb: 16 },
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(refuse('LIMIT_EXCEEDED', { rule: 'TIME', max: WORKBOOK_LIMITS.ms })), WORKBOOK_LIMITS.ms);
    function settle(result: Result<Parsed>): void {
      clearTimeout(timer);
      void worker.terminate();
      resolve(result);
    }
    worker.once('message', settle);
    worker.once('error', (fault: Error & { code?: string }) => {
      if (fault.code === 'ERR_WORKER_OUT_OF_MEMORY') return settle(refuse('LIMIT_EXCEEDED', { rule: 'MEMORY', max: WORKBOOK_HEAP_MB }));
      clearTimeout(timer);
      reject(fault);
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the workbook thread ended without an answer'));
    });
  });
}
