import { PHOTO_BYTES_MAX, type PhotoInput, type PhotoStage, type StoredPhoto } from '@baxing/tickets';
import { idOf } from '#lib/ids.ts';
import { ApiError, type Outputs } from '#lib/api.ts';
import type { ClientRefusal } from '#lib/refusals.ts';
import { formatDateTime, type Photo } from '@baxing/ui';
import { paths } from '#lib/paths.ts';
import { stageLabel } from '#lib/labels.ts';

/** Photos on their way to a command: uploaded first, then named by their id. */

/** @throws ApiError */
export async function uploadPhoto(file: File): Promise<StoredPhoto> {
  if (file.size > PHOTO_BYTES_MAX) throw new ApiError({ code: 'LIMIT_EXCEEDED', details: { max: '20 MB' }, requestId: '' });
  const form = new FormData();
  // The server reads fields before the file.
  form.append('takenAt', String(Math.round(file.lastModified)));
  form.append('file', file, file.name || 'photo.jpg');
  let response: Response;
  try {
    response = await fetch('/files', { method: 'POST', body: form });
  } catch {
    throw new ApiError({ code: 'OFFLINE', details: {}, requestId: '' });
  }
  const body = (await response.json().catch(() => null)) as StoredPhoto | { error?: ClientRefusal } | null;
  if (response.ok && body && 'fileId' in body) return body;
  const refusal = body && 'error' in body ? body.error : undefined;
  throw new ApiError(refusal ?? { code: response.status >= 500 ? 'FAULT' : 'OFFLINE', details: {}, requestId: '' });
}

/** One after the other: `onstep` is told how many are done. @throws ApiError */
export async function uploadPhotos(files: readonly { readonly file: File; readonly stage: PhotoStage }[], onstep: (done: number) => void = () => {}): Promise<PhotoInput[]> {
  const photos: PhotoInput[] = [];
  for (const { file, stage } of files) {
    const stored = await uploadPhoto(file);
    photos.push({
      fileId: idOf('fil', stored.fileId),
      stage,
      ...(stored.takenAt === null ? {} : { takenAt: stored.takenAt }),
      ...(stored.longitude === null || stored.latitude === null ? {} : { longitude: stored.longitude, latitude: stored.latitude }),
    });
    onstep(photos.length);
  }
  return photos;
}

type TicketPhoto = Outputs['tickets']['get']['photos'][number];

/** For the strip and the lightbox. */
export const stripOf = (photos: readonly TicketPhoto[], by: (postId: string) => string): Photo[] =>
  photos.map((photo) => ({
    id: `${photo.fileId} ${photo.stage} ${photo.round}`,
    thumbnail: paths.thumbnail(photo.fileId),
    full: paths.file(photo.fileId),
    caption: stageLabel(photo.stage),
    note: [formatDateTime(photo.takenAt ?? photo.addedAt), by(photo.postId), photo.longitude === null || photo.latitude === null ? '' : `${photo.longitude.toFixed(5)}, ${photo.latitude.toFixed(5)}`]
      .filter(Boolean)
      .join(' · '),
  }));
