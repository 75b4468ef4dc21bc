import { instantSchema } from '@baxing/kernel';
import { z } from 'zod';

/** Photos as evidence: limits, what a phone sends along, and what is kept of each. The bytes live in a blob store (`./server`). */

export const PHOTO_BYTES_MAX = 20 * 1024 * 1024;
/** The largest picture of today's phones (50 MP mode); more is refused before it is decoded. */
export const PHOTO_PIXELS_MAX = 8192 * 6144;
/** Longest side of what is served, in pixels. */
export const DISPLAY_PIXELS = 2048;
export const THUMB_PIXELS = 320;

export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type PhotoType = (typeof PHOTO_TYPES)[number];

export const PHOTO_VARIANTS = ['display', 'thumb'] as const;
export type PhotoVariant = (typeof PHOTO_VARIANTS)[number];

/** Where a photo is read. Both variants are re-encoded: no EXIF, no place, nothing of the bytes that were uploaded. */
export const photoUrl = (fileId: string, variant: PhotoVariant = 'display'): string => (variant === 'display' ? `/files/${fileId}` : `/files/${fileId}/thumb`);

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const numberField = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,15})?$/)
  .transform(Number);

/** Text fields beside the multipart field `file`; all optional. `takenAt` is the device's clock in epoch ms, the position WGS84 degrees, `sha256` of the bytes sent. */
export const uploadFieldsSchema = z
  .object({
    takenAt: numberField.pipe(instantSchema).optional(),
    longitude: numberField.pipe(z.number().min(-180).max(180)).optional(),
    latitude: numberField.pipe(z.number().min(-90).max(90)).optional(),
    accuracyMetres: numberField.pipe(z.number().min(0).max(100_000)).optional(),
    sha256: sha256Schema.optional(),
  })
  .refine(({ longitude, latitude }) => (longitude === undefined) === (latitude === undefined), { path: ['latitude'], error: 'longitude and latitude go together' });
export type UploadFields = z.infer<typeof uploadFieldsSchema>;

export interface PlaceAndTime {
  /** Epoch ms. */
  readonly takenAt: number | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
}

/** What is known of one photo at upload; the row `file.evidence` as JSON. Who claims what is kept apart: neither the device nor the picture is trusted. */
export interface PhotoEvidence {
  /** Hex, of the bytes as they arrived. */
  readonly sha256: string;
  /** Server time of arrival, epoch ms. */
  readonly receivedAt: number;
  /** What the device said when it sent the photo. */
  readonly device: PlaceAndTime & { readonly accuracyMetres: number | null };
  /** What stood in the picture's EXIF; `zone` tells whether its time named one or China's was assumed. */
  readonly exif: PlaceAndTime & { readonly zone: 'named' | 'assumed' | null };
  /** Where `takenAt` and the position of the row come from: the picture itself before the device. */
  readonly timeFrom: 'exif' | 'device' | null;
  readonly placeFrom: 'exif' | 'device' | null;
}

/** The answer to an upload, and to the question whether one is needed. */
export interface StoredPhoto {
  readonly fileId: string;
  readonly sha256: string;
  readonly mediaType: PhotoType;
  readonly bytes: number;
  /** Pixels of the original, turned upright. */
  readonly width: number;
  readonly height: number;
  readonly takenAt: number | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
  readonly receivedAt: number;
}
