import type { Reader } from '@baxing/db';
import type { BlobStore } from './blob-store.ts';

const HASHES_PER_QUERY = 200;
/** Longer than any upload may take from its first blob to its row. */
const AGE_MS_MIN = 24 * 3_600_000;

/** Removes blobs that no row names (a crash between blob and row) and uploads that never ended, once they are a day old. `wallNow` in epoch ms of the file system's clock. */
export async function sweepBlobs(reader: Reader, store: BlobStore, wallNow: number): Promise<{ blobs: number; staged: number }> {
  const before = wallNow - AGE_MS_MIN;
  let blobs = 0;
  let batch: string[] = [];
  const sweepBatch = async (): Promise<void> => {
    const rows = batch.length === 0 ? [] : await reader.selectFrom('file').select('sha256').where('sha256', 'in', batch).execute();
    const named = new Set(rows.map((row) => row.sha256));
    for (const sha256 of batch) if (!named.has(sha256)) blobs += await store.removeOlder(sha256, before);
    batch = [];
  };
  for await (const sha256 of store.hashes()) {
    batch.push(sha256);
    if (batch.length >= HASHES_PER_QUERY) await sweepBatch();
  }
  await sweepBatch();
  return { blobs, staged: await store.removeStaged(before) };
}
