import type { Database } from '@baxing/db';
import { newCommandId, type Actor, idSchema, type Refusal, REFUSAL_STATUS, type Result } from '@baxing/kernel';
import { randomFillSync } from 'node:crypto';
import { scopeFor } from '@baxing/identity/server';
import { type PhotoVariant, sha256Schema, type StoredPhoto } from '../../files.ts';
import type { BlobStore } from './blob-store.ts';
import { type CarriesFile, readPhoto } from './read-photo.ts';
import { receiveUpload } from './receive-upload.ts';
import { findOwnPhoto, storePhoto } from './store-photo.ts';

/** The files door on web `Request` and `Response`; `apps/server` mounts it behind session and Origin check. Knows no web framework. */

export interface FileDeps {
  readonly db: Database;
  readonly store: BlobStore;
  /** Already resolved from the session. */
  readonly actor: Actor;
  /** Product time, epoch ms. */
  readonly at: number;
  readonly requestId: string;
  /** Network address of the caller. */
  readonly origin: string;
}

const CACHE_SECONDS = 86_400;

/** Nothing that is served can be anything but a picture: fixed types, no sniffing, no script, no cache that another session shares. */
const PHOTO_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-disposition': 'inline',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': `private, max-age=${CACHE_SECONDS}, immutable`,
  vary: 'Cookie',
} as const;

const refused = ({ code, details }: Refusal, requestId: string): Response =>
  Response.json({ error: { code, details, requestId } }, { status: REFUSAL_STATUS[code], headers: { 'cache-control': 'no-store' } });

const answered = <T>(result: Result<T>, requestId: string): Response => (result.ok ? Response.json(result.value, { headers: { 'cache-control': 'no-store' } }) : refused(result.refusal, requestId));

/**
 * `POST /files`: multipart with `file` and `uploadFieldsSchema` → 200 `StoredPhoto`. The same bytes again answer the same.
 * @refuses FORBIDDEN before the body is read; all of `receiveUpload` and `storePhoto`
 */
export async function handleUpload(request: Request, deps: FileDeps): Promise<Response> {
  const { db, store, actor, at, requestId, origin } = deps;
  if (scopeFor(db, actor, 'files.upload') === null) return refused({ code: 'FORBIDDEN', details: { verb: 'files.upload' } }, requestId);
  const received = await receiveUpload(request, store);
  if (!received.ok) return refused(received.refusal, requestId);
  // The content is what makes a second sending harmless, so the command's id is made here.
  const call = { commandId: newCommandId(Date.now(), randomFillSync), actor, at, requestId, origin };
  return answered<StoredPhoto>(await storePhoto(db, store, call, received.value.staged, received.value.fields), requestId);
}

/** `GET /files/have?sha256=…`: 200 `StoredPhoto` when this account has sent these bytes before, else 404: so a phone asks before it sends. */
export async function handleHave(request: Request, { db, actor, requestId }: FileDeps): Promise<Response> {
  const sha256 = sha256Schema.safeParse(new URL(request.url).searchParams.get('sha256') ?? '');
  if (!sha256.success) return refused({ code: 'VALIDATION', details: { field: 'sha256' } }, requestId);
  const known = await findOwnPhoto(db.read, actor.accountId, sha256.data);
  return known ? Response.json(known, { headers: { 'cache-control': 'no-store' } }) : refused({ code: 'NOT_FOUND', details: {} }, requestId);
}

/** `GET|HEAD /files/:fileId` and `/files/:fileId/thumb`. Who may see it is asked anew before a 304, too. */
export async function handleRead(request: Request, deps: FileDeps, input: { fileId: string; variant: PhotoVariant }, carries: CarriesFile): Promise<Response> {
  const { db, store, actor, requestId } = deps;
  const fileId = idSchema('fil').safeParse(input.fileId);
  if (!fileId.success) return refused({ code: 'NOT_FOUND', details: {} }, requestId);
  const photo = await readPhoto(db, store, actor, { fileId: fileId.data, variant: input.variant }, carries);
  if (!photo.ok) return refused(photo.refusal, requestId);
  const { mediaType, bytes, stream } = photo.value;
  const etag = `"${fileId.data}-${input.variant}"`;
  const unchanged = request.headers.get('if-none-match') === etag;
  if (unchanged || request.method === 'HEAD') await stream.cancel();
  if (unchanged) return new Response(null, { status: 304, headers: { ...PHOTO_HEADERS, etag } });
  const headers = { ...PHOTO_HEADERS, etag, 'content-type': mediaType, 'content-length': String(bytes) };
  return new Response(request.method === 'HEAD' ? null : stream, { headers });
}
