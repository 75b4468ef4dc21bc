/** The type of a file by its first bytes. Its name and what the client says of it count for nothing. */

/** Enough for every signature below and for the root element of a drawing behind a declaration. */
export const SNIFF_BYTES = 1024;

const ascii = (head: Uint8Array, from: number, to: number): string => String.fromCharCode(...head.subarray(from, to));

/** Brands of ISO media files that are pictures (ISO/IEC 23008-12, AV1 image file format). */
const HEIF_BRANDS: ReadonlySet<string> = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1']);
const AVIF_BRANDS: ReadonlySet<string> = new Set(['avif', 'avis']);

const isoMedia = (head: Uint8Array): string => {
  const brand = ascii(head, 8, 12);
  return HEIF_BRANDS.has(brand) ? 'image/heic' : AVIF_BRANDS.has(brand) ? 'image/avif' : 'video/mp4';
};

const SIGNATURES: readonly (readonly [prefix: string, type: string])[] = [
  ['\xff\xd8\xff', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF8', 'image/gif'],
  ['BM', 'image/bmp'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['%PDF-', 'application/pdf'],
  ['PK\x03\x04', 'application/zip'],
];

/** A media type, `application/octet-stream` when nothing fits. */
export function sniffType(head: Uint8Array): string {
  const start = ascii(head, 0, 12);
  for (const [prefix, type] of SIGNATURES) if (start.startsWith(prefix)) return type;
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'image/webp';
  if (ascii(head, 4, 8) === 'ftyp') return isoMedia(head);
  const text = ascii(head, 0, SNIFF_BYTES).toLowerCase();
  if (text.includes('<svg')) return 'image/svg+xml';
  if (/^(\xef\xbb\xbf)?\s*<(!doctype html|html|script|\?xml)/.test(text)) return text.includes('<?xml') ? 'application/xml' : 'text/html';
  return 'application/octet-stream';
}
