import type { Here } from './position.svelte.ts';

/** From what the camera or the gallery gave to what is sent: evidence read first, then scaled and turned into JPEG, then named by its content. */

export interface PreparedPhoto {
  /** Hex; random where the browser has no hashing (plain http on another host than localhost). */
  readonly sha256: string;
  readonly hashed: boolean;
  readonly blob: Blob;
  /** Epoch ms. */
  readonly takenAt: number | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
  /** Metres. */
  readonly accuracy: number | null;
}

/** The browser cannot decode it (HEIC outside Safari, a broken file). */
export class UnreadablePhoto extends Error {}

const SIDE_MAX = 2048;
const KEPT_AS_IS_BYTES = 1_500_000;
const QUALITY = 0.82;
/** A file this young was just taken here: the phone's own position is its place. */
const FRESH_MS = 5 * 60_000;

interface Evidence {
  readonly takenAt: number | null;
  readonly longitude: number | null;
  readonly latitude: number | null;
}

/** EXIF's civil time; China's where it names no zone. */
export function exifInstant(civil: unknown, zone: unknown): number | null {
  const match = typeof civil === 'string' ? /^(\d{4}):(\d{2}):(\d{2}) (\d{2}:\d{2}:\d{2})/.exec(civil) : null;
  if (!match) return null;
  const offset = typeof zone === 'string' && /^[+-]\d{2}:\d{2}$/.test(zone) ? zone : '+08:00';
  const at = Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}${offset}`);
  return Number.isFinite(at) && at > 0 ? at : null;
}

async function readEvidence(file: File): Promise<Evidence> {
  try {
    const { default: exifr } = await import('exifr/dist/lite.esm.mjs');
    const tags = (await exifr.parse(file, { exif: { pick: ['DateTimeOriginal', 'OffsetTimeOriginal'] }, gps: true, reviveValues: false })) as Record<string, unknown> | undefined;
    const [longitude, latitude] = [tags?.['longitude'], tags?.['latitude']];
    // Broken GPS blocks come back as NaN or Infinity, empty ones as 0, 0.
    const placed = typeof longitude === 'number' && typeof latitude === 'number' && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && (longitude !== 0 || latitude !== 0);
    return { takenAt: exifInstant(tags?.['DateTimeOriginal'], tags?.['OffsetTimeOriginal']), longitude: placed ? longitude : null, latitude: placed ? latitude : null };
  } catch {
    return { takenAt: null, longitude: null, latitude: null };
  }
}

async function toJpeg(bitmap: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, SIDE_MAX / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))];
  const draw = (canvas: OffscreenCanvas | HTMLCanvasElement): void => {
    const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
    if (!context) throw new UnreadablePhoto('no canvas');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
  };
  if (typeof OffscreenCanvas !== 'undefined') {
    const canvas = new OffscreenCanvas(width, height);
    draw(canvas);
    return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  }
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  draw(canvas);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new UnreadablePhoto('no blob'))), 'image/jpeg', QUALITY));
}

async function contentHash(blob: Blob): Promise<{ sha256: string; hashed: boolean }> {
  const hashed = crypto.subtle !== undefined;
  const bytes = hashed ? new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())) : crypto.getRandomValues(new Uint8Array(32));
  return { sha256: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''), hashed };
}

/**
 * `here`: where the phone is, for photos just taken. Picture evidence wins over the phone's.
 * @throws UnreadablePhoto
 */
export async function preparePhoto(file: File, here: Here | null): Promise<PreparedPhoto> {
  const evidence = await readEvidence(file);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new UnreadablePhoto(file.type);
  }
  const small = Math.max(bitmap.width, bitmap.height) <= SIDE_MAX && file.size <= KEPT_AS_IS_BYTES;
  // A small JPEG goes as it is, so that the server reads the evidence itself.
  const blob = small && file.type === 'image/jpeg' ? new Blob([await file.arrayBuffer()], { type: 'image/jpeg' }) : await toJpeg(bitmap);
  bitmap.close();
  const fresh = Math.abs(Date.now() - file.lastModified) < FRESH_MS;
  const own = evidence.longitude !== null;
  return {
    ...(await contentHash(blob)),
    blob,
    takenAt: evidence.takenAt ?? (fresh ? file.lastModified : null),
    longitude: own ? evidence.longitude : fresh ? (here?.longitude ?? null) : null,
    latitude: own ? evidence.latitude : fresh ? (here?.latitude ?? null) : null,
    accuracy: own ? null : fresh ? (here?.accuracy ?? null) : null,
  };
}
