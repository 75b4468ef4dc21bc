import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { ok, refuse, type Result } from '@baxing/kernel';
import { PHOTO_BYTES_MAX, type UploadFields, uploadFieldsSchema } from '../../files.ts';
import type { BlobStore, Staged } from './blob-store.ts';

/** One multipart body with one file, streamed: what of it is in memory are the chunks on their way. */

export interface ReceivedUpload {
  readonly staged: Staged;
  readonly fields: UploadFields;
}

/** Fields, part headers and boundaries beside the file. */
const OVERHEAD_BYTES_MAX = 64 * 1024;
const BODY_BYTES_MAX = PHOTO_BYTES_MAX + OVERHEAD_BYTES_MAX;
const LIMITS = { fileSize: PHOTO_BYTES_MAX, files: 1, fields: 10, parts: 12, fieldNameSize: 60, fieldSize: 200, headerPairs: 20, headerSize: 4096 } as const;

const TOO_LARGE = { limit: PHOTO_BYTES_MAX, unit: 'bytes' } as const;

class BodyTooLarge extends Error {}

async function* bounded(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new BodyTooLarge();
    yield chunk;
  }
}

function openParser(contentType: string): BusboyInstance | null {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
  } catch {
    return null;
  }
}

const bad = (field: string, rule: string): ReturnType<typeof refuse> => refuse('VALIDATION', { field, rule });

/**
 * Reads `multipart/form-data` with the file in `file`. The caller stores or discards what is staged.
 * @refuses LIMIT_EXCEEDED {limit, unit: 'bytes'}; VALIDATION {field, rule}: body not multipart or cut off, no file, more than one, a field that does not parse
 */
export async function receiveUpload(request: Request, store: BlobStore): Promise<Result<ReceivedUpload>> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) return refuse('LIMIT_EXCEEDED', TOO_LARGE);
  const contentType = request.headers.get('content-type') ?? '';
  const parser = /^multipart\/form-data\s*;/i.test(contentType) ? openParser(contentType) : null;
  if (!parser || !request.body) return bad('body', 'NOT_MULTIPART');

  const fields: Record<string, string> = {};
  let file: BusboyFileStream | null = null;
  let staging: Promise<PromiseSettledResult<Staged>[]> = Promise.resolve([]);
  let refusal: ReturnType<typeof refuse> | null = null;
  parser.on('file', (name: string, stream: BusboyFileStream) => {
    if (name !== 'file') {
      refusal ??= bad(name.slice(0, 60), 'UNEXPECTED_FILE');
      stream.on('error', () => {});
      stream.resume();
      return;
    }
    file = stream;
    // Settled, so that a stream that breaks before anyone waits is no unhandled rejection.
    staging = Promise.allSettled([store.stage(stream)]);
  });
  parser.on('field', (name: string, value: string, _nameTruncated: boolean, valueTruncated: boolean) => {
    if (valueTruncated || Object.hasOwn(fields, name)) refusal ??= bad(name.slice(0, 60), valueTruncated ? 'TOO_LONG' : 'TWICE');
    else fields[name] = value;
  });
  for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.on(event, () => (refusal ??= bad('body', 'TOO_MANY_PARTS')));

  try {
    await pipeline(Readable.from(bounded(request.body), { objectMode: false }), parser);
  } catch (fault) {
    (file as BusboyFileStream | null)?.destroy(fault as Error);
    await discardAll(staging);
    return fault instanceof BodyTooLarge ? refuse('LIMIT_EXCEEDED', TOO_LARGE) : bad('body', 'CUT_OFF');
  }
  if ((file as BusboyFileStream | null)?.truncated) refusal = refuse('LIMIT_EXCEEDED', TOO_LARGE);
  const parsed = uploadFieldsSchema.safeParse(fields);
  if (!parsed.success) refusal ??= bad(parsed.error.issues[0]!.path.join('.'), 'VALUE');
  if (refusal || !parsed.success) {
    await discardAll(staging);
    return refusal!;
  }
  const [settled] = await staging;
  if (!settled) return bad('file', 'MISSING');
  if (settled.status === 'rejected') throw settled.reason;
  return ok({ staged: settled.value, fields: parsed.data });
}

async function discardAll(staging: Promise<PromiseSettledResult<Staged>[]>): Promise<void> {
  for (const settled of await staging) if (settled.status === 'fulfilled') await settled.value.discard();
}
