import type { Page } from '@playwright/test';

/** Photos as a phone's camera makes them: large JPEGs that differ, with EXIF where wanted. */
export interface PhotoOptions {
  readonly width?: number;
  readonly height?: number;
  /** EXIF place, degrees, and civil time in China. */
  readonly exif?: { readonly longitude: number; readonly latitude: number; readonly taken: string };
}

let drawn = 0;

export async function phonePhoto(page: Page, name: string, { width = 2600, height = 1950, exif }: PhotoOptions = {}): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  drawn += 1;
  const base64 = await page.evaluate(
    async ({ words, w, h, hue }) => {
      const canvas = new OffscreenCanvas(w, h);
      const context = canvas.getContext('2d')!;
      context.fillStyle = `hsl(${hue} 40% 45%)`;
      context.fillRect(0, 0, w, h);
      context.fillStyle = '#fff';
      context.font = `${Math.round(h / 8)}px sans-serif`;
      context.fillText(words, w / 12, h / 2);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer());
      let text = '';
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return btoa(text);
    },
    { words: `${name} ${drawn}`, w: width, h: height, hue: (drawn * 67) % 360 },
  );
  const plain = Buffer.from(base64, 'base64');
  return { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer: exif ? withExif(plain, exif) : plain };
}

/** APP1 with IFD0 → Exif (DateTimeOriginal) and GPS, big-endian (EXIF 2.3, 4.6). */
function withExif(jpeg: Buffer, { longitude, latitude, taken }: NonNullable<PhotoOptions['exif']>): Buffer {
  const extra: Buffer[] = [];
  const ifdBytes = (entries: number): number => 2 + entries * 12 + 4;
  const [ifd0At, exifAt] = [8, 8 + ifdBytes(2)];
  const gpsAt = exifAt + ifdBytes(1);
  let extraAt = gpsAt + ifdBytes(4);
  const keep = (bytes: Buffer): Buffer => {
    const at = u32(extraAt);
    extra.push(bytes);
    extraAt += bytes.length;
    return at;
  };
  const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255]);
  const u32 = (n: number): Buffer => Buffer.from([(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  const entry = (tag: number, type: number, count: number, value: Buffer): Buffer => Buffer.concat([u16(tag), u16(type), u32(count), value]);
  const ifd = (...entries: Buffer[]): Buffer => Buffer.concat([u16(entries.length), ...entries, u32(0)]);
  const degrees = (value: number): Buffer => {
    const seconds = Math.round(Math.abs(value) * 3_600_000);
    return Buffer.concat([u32(Math.floor(seconds / 3_600_000)), u32(1), u32(Math.floor((seconds % 3_600_000) / 60_000)), u32(1), u32(seconds % 60_000), u32(1000)]);
  };
  const letter = (text: string): Buffer => Buffer.from(`${text}\0\0\0`, 'latin1');
  const ifd0 = ifd(entry(0x8769, 4, 1, u32(exifAt)), entry(0x8825, 4, 1, u32(gpsAt)));
  const exif = ifd(entry(0x9003, 2, 20, keep(Buffer.from(`${taken}\0`, 'latin1'))));
  const gps = ifd(
    entry(1, 2, 2, letter(latitude < 0 ? 'S' : 'N')),
    entry(2, 5, 3, keep(degrees(latitude))),
    entry(3, 2, 2, letter(longitude < 0 ? 'W' : 'E')),
    entry(4, 5, 3, keep(degrees(longitude))),
  );
  const body = Buffer.concat([Buffer.from('Exif\0\0MM\0*', 'latin1'), u32(ifd0At), ifd0, exif, gps, ...extra]);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), u16(body.length + 2), body, jpeg.subarray(2)]);
}
