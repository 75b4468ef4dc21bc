import { open } from 'node:fs/promises';
import { ok, refuse, type Result } from '@baxing/kernel';
import sharp, { type SharpOptions } from 'sharp';
import { DISPLAY_PIXELS, PHOTO_PIXELS_MAX, PHOTO_TYPES, type PhotoType, THUMB_PIXELS } from '../../files.ts';
import { type ExifFacts, readExif } from './read-exif.ts';
import { SNIFF_BYTES, sniffType } from './sniff.ts';

/** Turns an uploaded file into what may be served. The only place that decodes pictures. */

// The library also reads SVG, TIFF, GIF and more, by content: none of that code is reachable from an upload.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
// Every picture is read once; the pool below bounds the threads.
sharp.cache(false);
sharp.concurrency(1);

export const VARIANT_TYPES = { display: 'image/jpeg', thumb: 'image/webp' } as const;

export interface ProcessedPhoto {
  readonly mediaType: PhotoType;
  readonly width: number;
  readonly height: number;
  readonly exif: ExifFacts;
  readonly display: Uint8Array;
  readonly thumb: Uint8Array;
}

const AT_ONCE = 2;
const WAITING_MAX = 64;
const DECODE_SECONDS_MAX = 30;

let running = 0;
const waiting: (() => void)[] = [];

/** @refuses UNAVAILABLE when too many wait already */
async function inTurn<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) return refuse('UNAVAILABLE', { what: 'photos' });
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

async function headOf(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const isPhotoType = (type: string): type is PhotoType => PHOTO_TYPES.some((known) => known === type);

/** @refuses UNSUPPORTED_TYPE {type, hint?: 'heic'} */
export async function typeOfPhoto(file: string): Promise<Result<PhotoType>> {
  const type = sniffType(await headOf(file));
  return isPhotoType(type) ? ok(type) : refuse('UNSUPPORTED_TYPE', { type, allowed: PHOTO_TYPES, ...(type === 'image/heic' ? { hint: 'heic' } : {}) });
}

/**
 * @refuses UNSUPPORTED_TYPE {type, hint?: 'heic'}; LIMIT_EXCEEDED {limit, unit: 'pixels'}; VALIDATION {field: 'file', rule: 'BROKEN_IMAGE'}; UNAVAILABLE
 */
export async function processPhoto(file: string): Promise<Result<ProcessedPhoto>> {
  const type = await typeOfPhoto(file);
  return type.ok ? inTurn(() => decode(file, type.value)) : type;
}

async function decode(file: string, mediaType: PhotoType): Promise<Result<ProcessedPhoto>> {
  const options: SharpOptions = { limitInputPixels: PHOTO_PIXELS_MAX, failOn: 'error' };
  try {
    // Reads the header only; the size is judged here, to be told apart from a broken file.
    const meta = await sharp(file, { ...options, limitInputPixels: false }).metadata();
    if (`image/${meta.format}` !== mediaType) return broken();
    if (meta.width * meta.height > PHOTO_PIXELS_MAX) return refuse('LIMIT_EXCEEDED', { limit: PHOTO_PIXELS_MAX, unit: 'pixels', given: meta.width * meta.height });
    // Only the first picture of an animation; transparent parts turn white; nothing but the pixels is carried over.
    const display = await sharp(file, options)
      .timeout({ seconds: DECODE_SECONDS_MAX })
      .autoOrient()
      .resize({ width: DISPLAY_PIXELS, height: DISPLAY_PIXELS, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 82 })
      .toBuffer();
    const thumb = await sharp(display).resize({ width: THUMB_PIXELS, height: THUMB_PIXELS, fit: 'inside', withoutEnlargement: true }).webp({ quality: 72, effort: 2 }).toBuffer();
    return ok({ mediaType, width: meta.autoOrient.width, height: meta.autoOrient.height, exif: readExif(meta.exif), display, thumb });
  } catch {
    // Whatever the decoder says of a file from outside is a statement about the file.
    return broken();
  }
}

const broken = (): ReturnType<typeof refuse> => refuse('VALIDATION', { field: 'file', rule: 'BROKEN_IMAGE' });
