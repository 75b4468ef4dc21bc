import { type Result, ok, refuse } from '@baxing/kernel';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { WORKBOOK_LIMITS } from './limits.ts';

/**
 * Reads a workbook's zip before any parser sees it, part by part and bounded, and refuses what a plan never needs.
 * Inflated sizes are counted, not believed. Sheets are looked at as text: rows, cells and merged ranges that would explode later are counted here.
 */
type Refused = ReturnType<typeof refuse>;

const unsafe = (rule: string, part?: string): Refused => refuse('UNSAFE_FILE', { rule, ...(part === undefined ? {} : { part: part.slice(0, 100) }) });
const unsupported = (rule: string): Refused => refuse('UNSUPPORTED_TYPE', { rule });
const exceeded = (rule: string, max: number): Refused => refuse('LIMIT_EXCEEDED', { rule, max });

const OLE_MAGIC = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const FORBIDDEN_PARTS: readonly (readonly [RegExp, string])[] = [
  [/vbaProject|vbaData|\/macrosheets\//i, 'MACROS'],
  [/^xl\/externalLinks\//i, 'EXTERNAL_LINKS'],
  [/^xl\/(connections\.xml|queryTables\/|customData|model\/)/i, 'EXTERNAL_DATA'],
  [/^xl\/(embeddings|activeX|ctrlProps)\//i, 'EMBEDDED_OBJECTS'],
];
const OVERLAP = 256;
const ENCRYPTED_FLAG = 1;

class Refusing extends Error {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super('refused');
    this.refused = refused;
  }
}

interface Totals {
  inflated: number;
  rows: number;
  cells: number;
  mergedCells: number;
}

/** @refuses UNSUPPORTED_TYPE, UNSAFE_FILE, LIMIT_EXCEEDED {rule} */
export async function scanWorkbook(bytes: Buffer): Promise<Result<null>> {
  if (bytes.length > WORKBOOK_LIMITS.fileBytes) return exceeded('FILE_BYTES', WORKBOOK_LIMITS.fileBytes);
  // An encrypted workbook and the old .xls are both OLE compound files.
  if (bytes.subarray(0, 8).equals(OLE_MAGIC)) return unsupported('ENCRYPTED_OR_XLS');
  if (bytes.subarray(0, 2).toString('latin1') !== 'PK') return unsupported('NOT_XLSX');
  let zip: ZipFile;
  try {
    zip = await open(bytes);
  } catch {
    return unsafe('BROKEN_ZIP');
  }
  try {
    await scanEntries(zip);
    return ok(null);
  } catch (fault) {
    return fault instanceof Refusing ? fault.refused : unsafe('BROKEN_ZIP');
  } finally {
    zip.close();
  }
}

const open = (bytes: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) => fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true }, (fault, zip) => (fault ? reject(fault) : resolve(zip))));

async function scanEntries(zip: ZipFile): Promise<void> {
  if (zip.entryCount > WORKBOOK_LIMITS.entries) throw new Refusing(exceeded('ENTRIES', WORKBOOK_LIMITS.entries));
  const entries = await listEntries(zip);
  const names = new Set(entries.map((entry) => entry.fileName.toLowerCase()));
  if (names.size !== entries.length) throw new Refusing(unsafe('REPEATED_PART'));
  for (const entry of entries) {
    if ((entry.generalPurposeBitFlag & ENCRYPTED_FLAG) !== 0) throw new Refusing(unsafe('ENCRYPTED', entry.fileName));
    const forbidden = FORBIDDEN_PARTS.find(([pattern]) => pattern.test(entry.fileName));
    if (forbidden) throw new Refusing(unsafe(forbidden[1], entry.fileName));
    if (entry.uncompressedSize > 1_000_000 && entry.uncompressedSize > entry.compressedSize * WORKBOOK_LIMITS.ratio) throw new Refusing(exceeded('RATIO', WORKBOOK_LIMITS.ratio));
  }
  if (entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0) > WORKBOOK_LIMITS.inflatedBytes) throw new Refusing(exceeded('INFLATED_BYTES', WORKBOOK_LIMITS.inflatedBytes));
  if (!names.has('[content_types].xml') || !names.has('xl/workbook.xml')) throw new Refusing(unsupported('NOT_XLSX'));
  if (entries.filter((entry) => isSheet(entry.fileName)).length > WORKBOOK_LIMITS.sheets) throw new Refusing(exceeded('SHEETS', WORKBOOK_LIMITS.sheets));
  const totals: Totals = { inflated: 0, rows: 0, cells: 0, mergedCells: 0 };
  for (const entry of entries) await scanPart(zip, entry, totals);
}

const isSheet = (name: string): boolean => /^xl\/(work|chart|dialog)sheets\/[^/]+\.xml$/i.test(name);

function listEntries(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

async function scanPart(zip: ZipFile, entry: Entry, totals: Totals): Promise<void> {
  if (entry.fileName.endsWith('/')) return;
  const stream = await new Promise<NodeJS.ReadableStream & AsyncIterable<Buffer>>((resolve, reject) =>
    zip.openReadStream(entry, (fault, opened) => (fault ? reject(fault) : resolve(opened as unknown as NodeJS.ReadableStream & AsyncIterable<Buffer>))),
  );
  const xml = /\.(xml|rels|vml)$/i.test(entry.fileName);
  const look = xml ? lookAt(entry.fileName, totals) : null;
  for await (const chunk of stream) {
    totals.inflated += chunk.length;
    if (totals.inflated > WORKBOOK_LIMITS.inflatedBytes) throw new Refusing(exceeded('INFLATED_BYTES', WORKBOOK_LIMITS.inflatedBytes));
    look?.take(chunk);
  }
  look?.end();
}

/** A reader of one XML part, chunk by chunk; what straddles two chunks is seen through the overlap. Latin-1 is enough: every mark looked for is ASCII. */
function lookAt(name: string, totals: Totals): { take(chunk: Buffer): void; end(): void } {
  let tail = '';
  let first = true;
  const sheet = isSheet(name);
  const take = (chunk: Buffer): void => {
    // UTF-16 would hide every mark below from this reader and not from the parser.
    if (chunk.includes(0)) throw new Refusing(unsafe('ENCODING', name));
    const text = tail + chunk.toString('latin1');
    if (first && /^[^>]{0,200}encoding\s*=\s*["'](?!utf-8["'])/i.test(text)) throw new Refusing(unsafe('ENCODING', name));
    first = false;
    if (/<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST)/i.test(text)) throw new Refusing(unsafe('ENTITIES', name));
    if (/application\/vnd\.ms-excel\.[^"']*macroEnabled|vbaProject/i.test(text)) throw new Refusing(unsafe('MACROS', name));
    // A link that a person clicks is text to us; every other external target would be fetched by some program.
    for (const [relation] of text.matchAll(/<(?:\w+:)?Relationship\b[^>]*>/gi))
      if (/TargetMode\s*=\s*["']External/i.test(relation) && !/\/hyperlink["']/i.test(relation)) throw new Refusing(unsafe('EXTERNAL_LINKS', name));
    const cut = Math.max(0, text.length - OVERLAP);
    if (sheet) count(text, cut, totals);
    tail = text.slice(cut);
  };
  return { take, end: () => (sheet ? count(tail, tail.length, totals) : undefined) };
}

/** Counts marks that begin before `cut`; what begins later is seen again with the next chunk. */
function count(text: string, cut: number, totals: Totals): void {
  for (const match of text.matchAll(/<(?:\w+:)?(row|c|mergeCell)\b([^>]{0,200})/g)) {
    if (match.index >= cut) break;
    const attributes = match[2]!;
    if (match[1] === 'row') {
      totals.rows += 1;
      const row = Number(/\br\s*=\s*["'](\d+)/.exec(attributes)?.[1] ?? 0);
      if (totals.rows > WORKBOOK_LIMITS.rows || row > WORKBOOK_LIMITS.rows) throw new Refusing(exceeded('ROWS', WORKBOOK_LIMITS.rows));
    } else if (match[1] === 'c') {
      totals.cells += 1;
      if (totals.cells > WORKBOOK_LIMITS.cells) throw new Refusing(exceeded('CELLS', WORKBOOK_LIMITS.cells));
      const [, letters, row] = /\br\s*=\s*["']([A-Za-z]{1,5})(\d+)/.exec(attributes) ?? [];
      if (letters && columnNumber(letters) > WORKBOOK_LIMITS.columns) throw new Refusing(exceeded('COLUMNS', WORKBOOK_LIMITS.columns));
      if (row && Number(row) > WORKBOOK_LIMITS.rows) throw new Refusing(exceeded('ROWS', WORKBOOK_LIMITS.rows));
    } else {
      totals.mergedCells += rangeCells(/\bref\s*=\s*["']([^"']+)/.exec(attributes)?.[1] ?? '');
      if (totals.mergedCells > WORKBOOK_LIMITS.mergedCells) throw new Refusing(exceeded('MERGED_CELLS', WORKBOOK_LIMITS.mergedCells));
    }
  }
}

const columnNumber = (letters: string): number => [...letters.toUpperCase()].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0);

function rangeCells(ref: string): number {
  const [, c1, r1, c2, r2] = /^\$?([A-Za-z]+)\$?(\d+):\$?([A-Za-z]+)\$?(\d+)$/.exec(ref) ?? [];
  // The parser would expand a range that this reader cannot measure.
  if (!c1 || !c2) throw new Refusing(unsafe('MERGED_RANGE'));
  return (Math.abs(columnNumber(c2) - columnNumber(c1)) + 1) * (Math.abs(Number(r2) - Number(r1)) + 1);
}
