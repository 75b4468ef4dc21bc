import { type CommandCall, type Database, defineCommand, execute, type Reader } from '@baxing/db';
import { authorise } from '@baxing/identity/server';
import { idSchema, instantSchema, ok, refuse, type Result } from '@baxing/kernel';
import { z } from 'zod';
import { PHOTO_TYPES, type PhotoEvidence, type PhotoType, sha256Schema, type StoredPhoto, type UploadFields } from '../../files.ts';
import type { BlobStore, Staged } from './blob-store.ts';
import { processPhoto } from './process-photo.ts';

const placeAndTime = { takenAt: instantSchema.nullable(), longitude: z.number().min(-180).max(180).nullable(), latitude: z.number().min(-90).max(90).nullable() };

const evidenceSchema = z.strictObject({
  sha256: sha256Schema,
  receivedAt: instantSchema,
  device: z.strictObject({ ...placeAndTime, accuracyMetres: z.number().min(0).nullable() }),
  exif: z.strictObject({ ...placeAndTime, zone: z.enum(['named', 'assumed']).nullable() }),
  timeFrom: z.enum(['exif', 'device']).nullable(),
  placeFrom: z.enum(['exif', 'device']).nullable(),
});

const storeSchema = z.strictObject({
  fileId: idSchema('fil'),
  mediaType: z.enum(PHOTO_TYPES),
  bytes: z.number().int().min(1),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
  evidence: evidenceSchema,
});

const COLUMNS = ['id', 'sha256', 'media_type', 'bytes', 'width', 'height', 'taken_at', 'longitude', 'latitude', 'uploaded_at'] as const;

/**
 * The photo that this account has sent before, by its content. Of others' uploads nothing is told: whoever sends the same bytes gets a file of his own
 * (the bytes are kept once), with the place and time that he claims.
 */
export async function findOwnPhoto(reader: Reader, accountId: string, sha256: string): Promise<StoredPhoto | null> {
  const row = await reader.selectFrom('file').select(COLUMNS).where('sha256', '=', sha256).where('uploaded_by', '=', accountId).executeTakeFirst();
  if (!row) return null;
  return {
    fileId: row.id,
    sha256: row.sha256,
    mediaType: row.media_type as PhotoType,
    bytes: row.bytes,
    width: row.width,
    height: row.height,
    takenAt: row.taken_at,
    longitude: row.longitude,
    latitude: row.latitude,
    receivedAt: row.uploaded_at,
  };
}

/** The row of a photo whose blobs are durable already. The first upload's claims stay: the same bytes again answer with the same row and record nothing. */
const uploadFile = defineCommand({
  name: 'files.upload',
  input: storeSchema,
  async run(ctx, input): Promise<Result<StoredPhoto>> {
    authorise(ctx, 'files.upload');
    const { evidence } = input;
    const inserted = await ctx.tx
      .insertInto('file')
      .values({
        id: input.fileId,
        sha256: evidence.sha256,
        media_type: input.mediaType,
        bytes: input.bytes,
        width: input.width,
        height: input.height,
        uploaded_by: ctx.actor.accountId,
        uploaded_by_unit: ctx.actor.unitId,
        uploaded_at: ctx.at,
        taken_at: evidence.timeFrom === null ? null : evidence[evidence.timeFrom].takenAt,
        longitude: evidence.placeFrom === null ? null : evidence[evidence.placeFrom].longitude,
        latitude: evidence.placeFrom === null ? null : evidence[evidence.placeFrom].latitude,
        evidence: JSON.stringify(evidence),
      })
      .onConflict((c) => c.columns(['sha256', 'uploaded_by']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted)
      ctx.record({ type: 'file.stored', subject: 'file', subjectId: input.fileId, scope: { posts: [ctx.actor.postId] }, data: { mediaType: input.mediaType, bytes: input.bytes, ...evidence } });
    return ok((await findOwnPhoto(ctx.tx, ctx.actor.accountId, evidence.sha256))!);
  },
});

const claimed = (fields: UploadFields): PhotoEvidence['device'] => ({
  takenAt: fields.takenAt ?? null,
  longitude: fields.longitude ?? null,
  latitude: fields.latitude ?? null,
  accuracyMetres: fields.longitude === undefined ? null : (fields.accuracyMetres ?? null),
});

/**
 * A staged file becomes a photo: decoded, turned upright, stripped, re-encoded; blobs first, then the row. The original is kept and never served.
 * The staged file is gone when this returns.
 * @refuses VALIDATION {field: 'sha256', rule: 'HASH_DIFFERS'} or {field: 'file', rule: 'BROKEN_IMAGE' | 'EMPTY'}; UNSUPPORTED_TYPE {type, hint?}; LIMIT_EXCEEDED {unit: 'pixels'}; UNAVAILABLE; FORBIDDEN
 */
export async function storePhoto(db: Database, store: BlobStore, call: CommandCall, staged: Staged, fields: UploadFields): Promise<Result<StoredPhoto>> {
  try {
    const { sha256, bytes } = staged;
    if (bytes === 0) return refuse('VALIDATION', { field: 'file', rule: 'EMPTY' });
    if (fields.sha256 !== undefined && fields.sha256 !== sha256) return refuse('VALIDATION', { field: 'sha256', rule: 'HASH_DIFFERS' });
    const known = await findOwnPhoto(db.read, call.actor.accountId, sha256);
    if (known) return ok(known);
    const processed = await processPhoto(staged.file);
    if (!processed.ok) return processed;
    const { mediaType, width, height, exif, display, thumb } = processed.value;
    await store.put({ sha256, variant: 'thumb' }, thumb);
    await store.put({ sha256, variant: 'display' }, display);
    await staged.keep('original');
    const device = claimed(fields);
    const evidence: PhotoEvidence = {
      sha256,
      receivedAt: call.at,
      device,
      exif,
      timeFrom: exif.takenAt !== null ? 'exif' : device.takenAt !== null ? 'device' : null,
      placeFrom: exif.longitude !== null ? 'exif' : device.longitude !== null ? 'device' : null,
    };
    return await execute(db, uploadFile, call, { fileId: db.newId('fil'), mediaType, bytes, width, height, evidence });
  } finally {
    await staged.discard();
  }
}
