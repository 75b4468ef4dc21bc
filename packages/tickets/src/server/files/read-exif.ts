import { CHINA_OFFSET_MS, instantSchema, isPosition, MINUTE_MS } from '@baxing/kernel';
import type { PhotoEvidence } from '../../files.ts';

/**
 * Place and time out of an EXIF block (CIPA DC-008). Written out because readers at hand allocate what the file's own counts say:
 * a 64 kB block made exifr 7.1 ask for 17 GB. Here every read is bounded by the block and only eight tags are looked at.
 */

export type ExifFacts = PhotoEvidence['exif'];

const NOTHING: ExifFacts = { takenAt: null, zone: null, longitude: null, latitude: null };

const EXIF_BYTES_MAX = 1024 * 1024;
const ENTRIES_MAX = 512;
const ENTRY_BYTES = 12;
const TEXT_BYTES_MAX = 32;

const TAG = { exifPointer: 0x8769, gpsPointer: 0x8825, takenAt: 0x9003, takenZone: 0x9011, latitudeRef: 1, latitude: 2, longitudeRef: 3, longitude: 4 } as const;
const TYPE = { ascii: 2, long: 4, rational: 5 } as const;

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where the four bytes of value or offset stand. */
  readonly at: number;
}

class Block {
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, little: boolean) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
  }

  has = (at: number, bytes: number): boolean => at >= 0 && at + bytes <= this.#view.byteLength;
  short = (at: number): number => (this.has(at, 2) ? this.#view.getUint16(at, this.#little) : 0);
  long = (at: number): number => (this.has(at, 4) ? this.#view.getUint32(at, this.#little) : 0);

  entries(directory: number): Map<number, Entry> {
    const found = new Map<number, Entry>();
    const count = Math.min(this.short(directory), ENTRIES_MAX);
    for (let i = 0; i < count; i += 1) {
      const at = directory + 2 + i * ENTRY_BYTES;
      if (!this.has(at, ENTRY_BYTES)) break;
      found.set(this.short(at), { type: this.short(at + 2), count: this.long(at + 4), at: at + 8 });
    }
    return found;
  }

  pointer(entry: Entry | undefined): number | null {
    return entry?.type === TYPE.long && entry.count === 1 ? this.long(entry.at) : null;
  }

  text(entry: Entry | undefined): string | null {
    if (entry?.type !== TYPE.ascii || entry.count === 0 || entry.count > TEXT_BYTES_MAX) return null;
    const at = entry.count <= 4 ? entry.at : this.long(entry.at);
    if (!this.has(at, entry.count)) return null;
    let text = '';
    for (let i = 0; i < entry.count; i += 1) text += String.fromCharCode(this.#view.getUint8(at + i));
    return text.split('\0', 1)[0]!.trim();
  }

  /** Degrees from degrees, minutes and seconds; null when any part is no finite number. */
  degrees(entry: Entry | undefined): number | null {
    if (entry?.type !== TYPE.rational || entry.count !== 3) return null;
    const at = this.long(entry.at);
    if (!this.has(at, 24)) return null;
    let degrees = 0;
    for (const [i, per] of [1, 60, 3600].entries()) {
      const part = this.long(at + i * 8) / this.long(at + i * 8 + 4) / per;
      if (!Number.isFinite(part)) return null;
      degrees += part;
    }
    return degrees;
  }
}

/** @param exif the block as image libraries hand it over, with or without its `Exif\0\0` */
export function readExif(exif: Uint8Array | undefined): ExifFacts {
  if (!exif || exif.length > EXIF_BYTES_MAX) return NOTHING;
  const marked = String.fromCharCode(...exif.subarray(0, 6)) === 'Exif\0\0';
  const bytes = marked ? exif.subarray(6) : exif;
  const order = String.fromCharCode(...bytes.subarray(0, 2));
  if (order !== 'II' && order !== 'MM') return NOTHING;
  const block = new Block(bytes, order === 'II');
  const root = block.entries(block.long(4));
  const exifAt = block.pointer(root.get(TAG.exifPointer));
  const gpsAt = block.pointer(root.get(TAG.gpsPointer));
  return {
    ...(exifAt === null ? { takenAt: null, zone: null } : readTime(block, block.entries(exifAt))),
    ...(gpsAt === null ? { longitude: null, latitude: null } : readPlace(block, block.entries(gpsAt))),
  };
}

/** `2023:11:28 09:31:05`, in the zone that the picture names, else China's. */
function readTime(block: Block, entries: Map<number, Entry>): Pick<ExifFacts, 'takenAt' | 'zone'> {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(block.text(entries.get(TAG.takenAt)) ?? '');
  if (!parts) return { takenAt: null, zone: null };
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [number, number, number, number, number, number];
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const written = new Date(local).toISOString().slice(0, 19).replaceAll('-', ':').replace('T', ' ');
  const zone = /^([+-])(\d\d):(\d\d)$/.exec(block.text(entries.get(TAG.takenZone)) ?? '');
  const offset = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * MINUTE_MS : CHINA_OFFSET_MS;
  const takenAt = local - offset;
  // 31 November rolls over to another day: no such time was ever on a clock.
  if (written !== parts[0] || !instantSchema.safeParse(takenAt).success) return { takenAt: null, zone: null };
  return { takenAt, zone: zone ? 'named' : 'assumed' };
}

function readPlace(block: Block, entries: Map<number, Entry>): Pick<ExifFacts, 'longitude' | 'latitude'> {
  const north = block.text(entries.get(TAG.latitudeRef));
  const east = block.text(entries.get(TAG.longitudeRef));
  const latitude = block.degrees(entries.get(TAG.latitude));
  const longitude = block.degrees(entries.get(TAG.longitude));
  const none = { longitude: null, latitude: null };
  if (latitude === null || longitude === null || (north !== 'N' && north !== 'S') || (east !== 'E' && east !== 'W')) return none;
  const place = { longitude: east === 'W' ? -longitude : longitude, latitude: north === 'S' ? -latitude : latitude };
  // Cameras without a fix write 0, 0.
  return isPosition(place.longitude, place.latitude) && (longitude !== 0 || latitude !== 0) ? place : none;
}
