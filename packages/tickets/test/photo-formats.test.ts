import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '@baxing/testing';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { processPhoto } from '../src/server/files/process-photo.ts';
import { readExif } from '../src/server/files/read-exif.ts';
import { EXIF_SECRET, halves, heicHeader, lyingExif, noise, phonePhoto, pngBomb } from './pictures.ts';

const folder = scratchFolder('baxing-photos-');
let files = 0;
const process = (bytes: Uint8Array, name = `${(files += 1)}.jpg`) => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return processPhoto(file);
};
const refusalOf = async (bytes: Uint8Array): Promise<unknown> => {
  const result = await process(bytes);
  return result.ok ? null : { code: result.refusal.code, ...result.refusal.details };
};
const done = async (bytes: Uint8Array) => {
  const result = await process(bytes);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
};
const BROKEN = { code: 'VALIDATION', field: 'file', rule: 'BROKEN_IMAGE' };

describe('what is accepted', () => {
  it('turns a phone photo upright, keeps place and time apart, and serves none of it', async () => {
    const original = await phonePhoto();
    expect(original.includes(EXIF_SECRET)).toBe(true);
    const photo = await done(original);
    expect(photo).toMatchObject({ mediaType: 'image/jpeg', width: 200, height: 400 });
    expect(photo.exif.takenAt).toBe(Date.parse('2023-11-28T10:05:30+08:00'));
    expect(photo.exif.zone).toBe('named');
    expect(photo.exif.latitude).toBeCloseTo(29 + 39 / 60 + 36 / 3600, 9);
    expect(photo.exif.longitude).toBeCloseTo(91 + 7 / 60 + 12 / 3600, 9);
    for (const served of [photo.display, photo.thumb]) {
      const meta = await sharp(served).metadata();
      expect([meta.exif, meta.icc, meta.xmp, meta.iptc, meta.orientation ?? 1]).toEqual([undefined, undefined, undefined, undefined, 1]);
      expect(Buffer.from(served).includes(EXIF_SECRET)).toBe(false);
      // Orientation 6: the left half (red) of what the sensor wrote is the top.
      const { data, info } = await sharp(served).raw().toBuffer({ resolveWithObject: true });
      expect(data[0]).toBeGreaterThan(200);
      expect(data[(info.height - 1) * info.width * info.channels + 2]).toBeGreaterThan(200);
    }
    expect((await sharp(photo.display).metadata()).format).toBe('jpeg');
    expect((await sharp(photo.thumb).metadata()).format).toBe('webp');
  });

  it('takes PNG with transparency and WebP, and makes both sizes', async () => {
    const transparent = await sharp({ create: { width: 3000, height: 1500, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toBuffer();
    const png = await done(transparent);
    expect(png.mediaType).toBe('image/png');
    expect(await sharp(png.display).metadata()).toMatchObject({ width: 2048, height: 1024 });
    expect(await sharp(png.thumb).metadata()).toMatchObject({ width: 320, height: 160 });
    expect([...(await sharp(png.display).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255]);
    const webp = await done(
      await halves()
        .webp()
        .withExif({ IFD2: { DateTimeOriginal: '2023:11:28 10:05:30' } })
        .toBuffer(),
    );
    expect(webp).toMatchObject({ mediaType: 'image/webp', width: 400, height: 200, exif: { takenAt: Date.parse('2023-11-28T10:05:30+08:00'), zone: 'assumed', longitude: null } });
  });

  it('serves the first picture of an animation and enlarges nothing', async () => {
    const frames = await sharp(await halves(100, 100).png().toBuffer()).toBuffer();
    const animated = await sharp([frames, await noise(100).png().toBuffer()], { join: { animated: true } })
      .webp({ loop: 0, delay: [50, 50] })
      .toBuffer();
    expect((await sharp(animated, { pages: -1 }).metadata()).pages).toBe(2);
    const photo = await done(animated);
    const meta = await sharp(photo.display).metadata();
    expect([meta.width, meta.height, meta.pages]).toEqual([100, 100, undefined]);
  });
});

describe('what is refused', () => {
  it.each([
    ['HEIC', heicHeader(), { code: 'UNSUPPORTED_TYPE', type: 'image/heic', hint: 'heic' }],
    ['SVG named .jpg', Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), { code: 'UNSUPPORTED_TYPE', type: 'image/svg+xml' }],
    ['GIF', Buffer.from('474946383961010001000000002c00000000010001000002', 'hex'), { code: 'UNSUPPORTED_TYPE', type: 'image/gif' }],
    ['PDF', Buffer.from('%PDF-1.7\n%âãÏÓ'), { code: 'UNSUPPORTED_TYPE', type: 'application/pdf' }],
    ['HTML', Buffer.from('  <!doctype html><script>alert(1)</script>'), { code: 'UNSUPPORTED_TYPE', type: 'text/html' }],
    ['a video', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0', 'latin1'), { code: 'UNSUPPORTED_TYPE', type: 'video/mp4' }],
    ['one byte', Buffer.from('x'), { code: 'UNSUPPORTED_TYPE', type: 'application/octet-stream' }],
    ['a JPEG signature and nothing', Buffer.from('ffd8ffe0', 'hex'), BROKEN],
    ['a PNG signature on an SVG', Buffer.from('\x89PNG\r\n\x1a\n<svg xmlns="http://www.w3.org/2000/svg"/>', 'latin1'), BROKEN],
  ])('%s', async (_what, bytes, refusal) => {
    expect(await refusalOf(bytes)).toMatchObject(refusal);
  });

  it('a TIFF, which the library could read', async () => {
    expect(await refusalOf(await halves().tiff().toBuffer())).toMatchObject({ code: 'UNSUPPORTED_TYPE', type: 'image/tiff' });
  });

  it.each(['jpeg', 'png', 'webp'] as const)('a %s that was cut off', async (format) => {
    const whole = await noise(300).toFormat(format).toBuffer();
    expect((await process(whole)).ok).toBe(true);
    expect(await refusalOf(whole.subarray(0, whole.length * 0.6))).toEqual(BROKEN);
  });

  it('a bomb, before it is decoded', async () => {
    const before = performance.now();
    expect(await refusalOf(pngBomb(30_000, 30_000))).toMatchObject({ code: 'LIMIT_EXCEEDED', unit: 'pixels', given: 900_000_000 });
    expect(performance.now() - before).toBeLessThan(2000);
    expect(await refusalOf(pngBomb(7000, 7000))).toEqual(BROKEN);
  });

  it('a polyglot gets in as a picture and leaves without what else it was', async () => {
    const payload = '<script>alert("polyglot")</script>';
    const photo = await done(Buffer.concat([await halves().jpeg().toBuffer(), Buffer.from(`PK\x03\x04${payload}`)]));
    expect([photo.display, photo.thumb].map((served) => Buffer.from(served).includes('polyglot'))).toEqual([false, false]);
  });
});

describe('readExif', () => {
  const NOTHING = { takenAt: null, zone: null, longitude: null, latitude: null };
  const exifOf = async (over: Record<string, Record<string, string>>) => readExif((await sharp(await phonePhoto(over)).metadata()).exif);

  it.each([
    ['a division by zero', { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '29/0 39/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '91/1 7/1 0/1' } }],
    ['nothing over nothing', { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '0/0 0/0 0/0', GPSLongitudeRef: 'E', GPSLongitude: '91/1 7/1 0/1' } }],
    ['a latitude beyond the pole', { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '129/1 0/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '91/1 7/1 0/1' } }],
    ['a camera without a fix', { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '0/1 0/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '0/1 0/1 0/1' } }],
    ['no hemisphere', { IFD3: { GPSLatitude: '29/1 39/1 0/1', GPSLongitude: '91/1 7/1 0/1' } }],
  ])('takes no place from %s', async (_what, over) => {
    expect(await exifOf(over)).toMatchObject({ longitude: null, latitude: null, takenAt: Date.parse('2023-11-28T10:05:30+08:00') });
  });

  it('knows south and west, other zones, and no 31 November', async () => {
    expect(await exifOf({ IFD3: { GPSLatitudeRef: 'S', GPSLatitude: '29/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '91/1 30/1 0/1' } })).toMatchObject({ latitude: -29.5, longitude: -91.5 });
    expect(await exifOf({ IFD2: { DateTimeOriginal: '2023:11:28 10:05:30', OffsetTimeOriginal: '-05:30' } })).toMatchObject({ takenAt: Date.parse('2023-11-28T10:05:30-05:30'), zone: 'named' });
    expect(await exifOf({ IFD2: { DateTimeOriginal: '2023:11:31 10:05:30' } })).toMatchObject({ takenAt: null, zone: null });
    expect(await exifOf({ IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } })).toMatchObject({ takenAt: null, zone: null });
  });

  it('is not impressed by counts: no allocation, no endless loop', () => {
    const before = globalThis.process.memoryUsage().arrayBuffers;
    for (const type of [2, 3, 4, 5, 7, 12]) expect(readExif(lyingExif(type, 0xffff_ffff))).toEqual(NOTHING);
    expect(globalThis.process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it('answers nothing or finite facts for every mangled block', async () => {
    const good = (await sharp(await phonePhoto()).metadata()).exif!;
    expect(readExif(good).takenAt).not.toBeNull();
    for (let cut = 0; cut < good.length; cut += 1) readExif(good.subarray(0, cut));
    for (let i = 0; i < good.length; i += 1)
      for (const value of [0, 0x7f, 0xff]) {
        const mangled = Buffer.from(good);
        mangled[i] = value;
        for (const fact of Object.values(readExif(mangled))) if (typeof fact === 'number') expect(Number.isFinite(fact)).toBe(true);
      }
    expect(readExif(undefined)).toEqual(NOTHING);
  });
});
