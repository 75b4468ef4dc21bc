import sharp from 'sharp';

/** Real image files for tests, and things that only look like them. */

const canvas = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#336699' } });

/** A picture whose left half is red and right half blue: tells how it was turned. */
export function halves(width = 400, height = 200) {
  return canvas(width, height).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: '#ff0000' } }, left: 0, top: 0 },
    { input: { create: { width: width / 2, height, channels: 3, background: '#0000ff' } }, left: width / 2, top: 0 },
  ]);
}

export const EXIF_SECRET = 'SECRET-CAMERA-OWNER';

/** Taken 2023-11-28 10:05:30 in 扎细街道's latitude; stored turned by 90° (orientation 6). */
export const phonePhoto = (over: Record<string, Record<string, string>> = {}): Promise<Buffer> =>
  halves()
    .jpeg()
    .withExif({
      IFD0: { Artist: EXIF_SECRET, Orientation: '6' },
      IFD2: { DateTimeOriginal: '2023:11:28 10:05:30', OffsetTimeOriginal: '+08:00' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '29/1 39/1 3600/100', GPSLongitudeRef: 'E', GPSLongitude: '91/1 7/1 1200/100' },
      ...over,
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();

/** A picture that does not compress: `pixels`² of noise. */
export function noise(pixels: number, seed = 1) {
  const raw = Buffer.alloc(pixels * pixels * 3);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < raw.length; i += 1) {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    raw[i] = state & 0xff;
  }
  return sharp(raw, { raw: { width: pixels, height: pixels, channels: 3 } });
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** A few bytes that claim to be a picture of that size. */
export function pngBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), pngChunk('IHDR', header), pngChunk('IDAT', Buffer.from('789c0300000000010000', 'hex')), pngChunk('IEND', Buffer.alloc(0))]);
}

export const heicHeader = (): Buffer => Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(2000)]);

/** An EXIF block with one tag in its time directory whose count is a lie. */
export function lyingExif(type: number, count: number): Buffer {
  const block = Buffer.alloc(4000);
  block.write('II*\0\x08', 'latin1');
  block.writeUInt16LE(1, 8);
  block.writeUInt16LE(0x8769, 10);
  block.writeUInt16LE(4, 12);
  block.writeUInt32LE(1, 14);
  block.writeUInt32LE(26, 18);
  block.writeUInt16LE(1, 26);
  block.writeUInt16LE(0x9003, 28);
  block.writeUInt16LE(type, 30);
  block.writeUInt32LE(count, 32);
  block.writeUInt32LE(60, 36);
  return block;
}
