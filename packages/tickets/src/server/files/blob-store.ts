import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';

/** Bytes by content. A blob is visible under its key only when all of it is on disk; keys are never overwritten with other content. */

export const BLOB_VARIANTS = ['original', 'display', 'thumb'] as const;
export type BlobVariant = (typeof BLOB_VARIANTS)[number];

export interface BlobKey {
  /** Hex, of the original; its re-encoded variants stand beside it. */
  readonly sha256: string;
  readonly variant: BlobVariant;
}

/** Bytes that have arrived and belong to nobody yet. */
export interface Staged {
  readonly sha256: string;
  readonly bytes: number;
  /** A local file while staged. */
  readonly file: string;
  /** Durable under the key when it returns. */
  keep(variant: BlobVariant): Promise<void>;
  /** Safe to repeat, and after `keep`. */
  discard(): Promise<void>;
}

export interface OpenBlob {
  readonly bytes: number;
  readonly stream: ReadableStream<Uint8Array>;
}

export interface BlobStore {
  /** Streams to disk while hashing. */
  stage(source: AsyncIterable<Uint8Array>): Promise<Staged>;
  put(key: BlobKey, bytes: Uint8Array): Promise<void>;
  open(key: BlobKey): Promise<OpenBlob | null>;
  /** All hashes that have any variant. */
  hashes(): AsyncIterable<string>;
  /** Removes the variants of a hash that were written before `before` (epoch ms, wall clock); how many. Safe beside an upload of the same content. */
  removeOlder(sha256: string, before: number): Promise<number>;
  /** Removes what was staged before `before` and never kept (a crash). */
  removeStaged(before: number): Promise<number>;
}

const isMissing = (fault: unknown): boolean => (fault as { code?: string }).code === 'ENOENT';
const orNull = async <T>(work: Promise<T>): Promise<T | null> => work.catch((fault: unknown) => (isMissing(fault) ? null : Promise.reject(fault as Error)));

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Folders `<ab>/<cd>/<sha256>.<variant>` and `staging/` below `root`, which must be one file system. */
export function localBlobStore(root: string): BlobStore {
  const staging = join(root, 'staging');
  const pathOf = ({ sha256, variant }: BlobKey): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a sha256');
    return join(root, sha256.slice(0, 2), sha256.slice(2, 4), `${sha256}.${variant}`);
  };

  /** A new file with what `write` puts there, on disk when it returns; nothing remains when it fails. */
  async function writeStaged(write: (handle: FileHandle) => Promise<void>): Promise<string> {
    await mkdir(staging, { recursive: true, mode: 0o700 });
    const file = join(staging, randomUUID());
    const handle = await open(file, 'wx', 0o600);
    try {
      await write(handle);
      await handle.sync();
    } catch (fault) {
      await rm(file, { force: true });
      throw fault;
    } finally {
      await handle.close();
    }
    return file;
  }

  async function place(file: string, key: BlobKey): Promise<void> {
    const target = pathOf(key);
    const folder = dirname(target);
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    // Replaces an older copy of the same content, so that its age starts anew and the sweep leaves it.
    await rename(file, target);
    await syncFolder(folder);
    if (made !== undefined) {
      await syncFolder(dirname(folder));
      await syncFolder(root);
    }
  }

  return {
    async stage(source) {
      const hash = createHash('sha256');
      let bytes = 0;
      const file = await writeStaged(async (handle) => {
        for await (const chunk of source) {
          hash.update(chunk);
          bytes += chunk.length;
          await handle.writeFile(chunk);
        }
      });
      const sha256 = hash.digest('hex');
      return { sha256, bytes, file, keep: (variant) => place(file, { sha256, variant }), discard: () => rm(file, { force: true }) };
    },

    async put(key, bytes) {
      await place(await writeStaged((handle) => handle.writeFile(bytes)), key);
    },

    async open(key) {
      const handle = await orNull(open(pathOf(key), 'r'));
      if (!handle) return null;
      const { size } = await handle.stat();
      return { bytes: size, stream: Readable.toWeb(createReadStream('', { fd: handle })) as ReadableStream<Uint8Array> };
    },

    async *hashes() {
      let last = '';
      for await (const shard of folders(root)) {
        if (!/^[0-9a-f]{2}$/.test(shard)) continue;
        for await (const inner of folders(join(root, shard)))
          for (const name of await names(join(root, shard, inner))) {
            const sha256 = name.slice(0, 64);
            if (sha256 !== last && /^[0-9a-f]{64}\.[a-z]+$/.test(name)) yield (last = sha256);
          }
      }
    },

    async removeOlder(sha256, before) {
      let removed = 0;
      for (const variant of BLOB_VARIANTS) {
        const path = pathOf({ sha256, variant });
        const aside = join(staging, randomUUID());
        await mkdir(staging, { recursive: true, mode: 0o700 });
        if ((await orNull(rename(path, aside).then(() => true))) === null) continue;
        // An upload may have written it anew since it was listed; then it goes back.
        if ((await stat(aside)).mtimeMs >= before) await rename(aside, path);
        else {
          await rm(aside, { force: true });
          removed += 1;
        }
      }
      return removed;
    },

    async removeStaged(before) {
      let removed = 0;
      for (const name of await names(staging)) {
        const file = join(staging, name);
        const found = await orNull(stat(file));
        if (!found || found.mtimeMs >= before) continue;
        await rm(file, { force: true });
        removed += 1;
      }
      return removed;
    },
  };
}

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  const directory = await orNull(opendir(folder));
  if (directory) for await (const entry of directory) if (entry.isFile()) found.push(entry.name);
  return found.sort();
}

async function* folders(folder: string): AsyncIterable<string> {
  const directory = await orNull(opendir(folder));
  if (directory) for await (const entry of directory) if (entry.isDirectory()) yield entry.name;
}
