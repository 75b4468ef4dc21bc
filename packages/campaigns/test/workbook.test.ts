import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readWorkbook } from '../src/server/index.ts';
import { cell, newWorkbook, sheetOf, workbookOf, zipOf } from './workbooks.ts';

const PLAN = fileURLToPath(new URL('../data/八大行动任务分解表.xlsx', import.meta.url));

/** `ms` of processor time, all threads: the same on a busy machine. */
async function refusalOf(bytes: Uint8Array) {
  const started = process.cpuUsage();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const read = await readWorkbook(bytes);
  clearInterval(watch);
  if (read.ok) throw new Error('it was read');
  const used = process.cpuUsage(started);
  return { code: read.refusal.code, rule: read.refusal.details['rule'], ms: (used.user + used.system) / 1000, megabytes: (peak - before) / 1_048_576 };
}

describe('the workbook port', () => {
  it('reads the plan: sheets, merged cells, numbers, text', async () => {
    const read = await readWorkbook(PLAN);
    if (!read.ok) throw new Error(JSON.stringify(read.refusal));
    expect(read.value.sheets.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['任务分解表', 27],
      ['单位名录', 46],
    ]);
    const [, , first, second] = read.value.sheets[0]!.rows;
    expect(first!.slice(0, 6)).toEqual([1, '市政设施整治', '井盖雨篦排查更换', '逐街排查缺失、移位、破损井盖和雨篦，登记编号后更换', 90, '个']);
    expect(second![1]).toBe('市政设施整治');
    expect(read.value.sheets[0]!.rows[12]![4]).toBe(38_744.6);
    expect(read.value.sheets[0]!.rows[0]).toHaveLength(13);
    expect(read.value.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('answers the same from bytes and from a path', async () => expect(await readWorkbook(readFileSync(PLAN))).toEqual(await readWorkbook(PLAN)));

  it('flattens dates, rich text, links, formulas and errors', async () => {
    const book = newWorkbook();
    const sheet = book.addWorksheet('表');
    sheet.addRow([
      new Date(Date.UTC(2023, 11, 31)),
      { richText: [{ text: '扎细' }, { text: '街道', font: { bold: true } }] },
      { text: '通告', hyperlink: 'https://example.org/' },
      { formula: '1+1', result: 2 },
      { error: '#REF!' },
      true,
    ]);
    sheet.addRow([]);
    sheet.addRow([null, '二']);
    const read = await readWorkbook(new Uint8Array((await book.xlsx.writeBuffer()) as ArrayBuffer));
    expect(read).toMatchObject({ ok: true, value: { sheets: [{ rows: [[{ date: '2023-12-31' }, '扎细街道', '通告', 2, null, true], [], [null, '二']] }] } });
  });

  it('reads a workbook made by hand', async () =>
    expect(await readWorkbook(workbookOf(sheetOf(`<row r="1">${cell('A1', '甲')}</row>`)))).toMatchObject({ ok: true, value: { sheets: [{ name: '表', rows: [['甲']] }] } }));
});

const rows = (n: number, make: (i: number) => string): string => Array.from({ length: n }, (_, i) => make(i + 1)).join('');
const plain = sheetOf(`<row r="1">${cell('A1', '甲')}</row>`);
const rels = (inner: string): string => `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inner}</Relationships>`;

const HOSTILE: readonly (readonly [what: string, make: () => Uint8Array, code: string, rule: string])[] = [
  ['no workbook at all', () => Buffer.from('%PDF-1.7 …'), 'UNSUPPORTED_TYPE', 'NOT_XLSX'],
  ['nothing', () => new Uint8Array(0), 'UNSUPPORTED_TYPE', 'NOT_XLSX'],
  ['an encrypted workbook or .xls', () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]), 'UNSUPPORTED_TYPE', 'ENCRYPTED_OR_XLS'],
  ['a zip of something else', () => zipOf([{ name: 'word/document.xml', data: '<a/>' }]), 'UNSUPPORTED_TYPE', 'NOT_XLSX'],
  ['a torn zip', () => workbookOf(plain).subarray(0, 400), 'UNSAFE_FILE', 'BROKEN_ZIP'],
  ['an encrypted part', () => workbookOf(plain, [{ name: 'xl/worksheets/sheet1.xml', data: plain, encrypted: true }]), 'UNSAFE_FILE', 'ENCRYPTED'],
  ['a zip bomb', () => workbookOf(plain, [{ name: 'xl/media/image1.bin', data: Buffer.alloc(200_000_000) }]), 'LIMIT_EXCEEDED', 'RATIO'],
  ['a zip bomb that lies about its size', () => workbookOf(plain, [{ name: 'xl/media/image1.bin', data: Buffer.alloc(100_000_000), claims: 1000 }]), 'UNSAFE_FILE', 'BROKEN_ZIP'],
  [
    'many parts that are large together',
    () =>
      workbookOf(
        plain,
        Array.from({ length: 40 }, (_, i) => ({ name: `xl/media/${i}.xml`, data: Buffer.alloc(900_000, 32) })),
      ),
    'LIMIT_EXCEEDED',
    'INFLATED_BYTES',
  ],
  ['a million rows', () => workbookOf(sheetOf(rows(1_000_000, (i) => `<row r="${i}"/>`))), 'LIMIT_EXCEEDED', 'ROWS'],
  ['the millionth row alone', () => workbookOf(sheetOf('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')), 'LIMIT_EXCEEDED', 'ROWS'],
  ['rows without numbers', () => workbookOf(sheetOf(rows(20_000, () => '<row><c><v>1</v></c></row>'))), 'LIMIT_EXCEEDED', 'ROWS'],
  ['a cell far to the right', () => workbookOf(sheetOf('<row r="1"><c r="XFD1"><v>1</v></c></row>')), 'LIMIT_EXCEEDED', 'COLUMNS'],
  ['too many cells', () => workbookOf(sheetOf(rows(1000, (r) => `<row r="${r}">${rows(150, (c) => `<c><v>${(r * 7919 * c) % 100_003}</v></c>`)}</row>`))), 'LIMIT_EXCEEDED', 'CELLS'],
  ['everything merged', () => workbookOf(sheetOf(`<row r="1">${cell('A1', '甲')}</row>`, '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')), 'LIMIT_EXCEEDED', 'MERGED_CELLS'],
  ['a merged range in disguise', () => workbookOf(sheetOf(`<row r="1">${cell('A1', '甲')}</row>`, '<mergeCells><mergeCell ref="A1:XFD&#49;048576"/></mergeCells>')), 'UNSAFE_FILE', 'MERGED_RANGE'],
  ['macros', () => workbookOf(plain, [{ name: 'xl/vbaProject.bin', data: 'x' }]), 'UNSAFE_FILE', 'MACROS'],
  [
    'a macro-enabled content type',
    () => workbookOf(plain, [{ name: '[Content_Types].xml', data: '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>' }]),
    'UNSAFE_FILE',
    'MACROS',
  ],
  ['an external entity', () => workbookOf(plain.replace('<worksheet', '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet')), 'UNSAFE_FILE', 'ENTITIES'],
  ['entities in a part nobody looks at', () => workbookOf(plain, [{ name: 'docProps/core.xml', data: '<!DOCTYPE lolz [<!ENTITY a "aa">]><a>&a;</a>' }]), 'UNSAFE_FILE', 'ENTITIES'],
  ['entities hidden by UTF-16', () => workbookOf(plain, [{ name: 'docProps/core.xml', data: Buffer.from('\ufeff<!DOCTYPE a [<!ENTITY a "aa">]><a/>', 'utf16le') }]), 'UNSAFE_FILE', 'ENCODING'],
  ['a link to another workbook', () => workbookOf(plain, [{ name: 'xl/externalLinks/externalLink1.xml', data: '<a/>' }]), 'UNSAFE_FILE', 'EXTERNAL_LINKS'],
  [
    'an external relation',
    () => workbookOf(plain, [{ name: 'xl/worksheets/_rels/sheet1.xml.rels', data: rels('<Relationship Id="a" Type="http://x/image" Target="http://10.0.0.1/" TargetMode="External"/>') }]),
    'UNSAFE_FILE',
    'EXTERNAL_LINKS',
  ],
  ['an embedded object', () => workbookOf(plain, [{ name: 'xl/embeddings/oleObject1.bin', data: 'x' }]), 'UNSAFE_FILE', 'EMBEDDED_OBJECTS'],
  ['a data connection', () => workbookOf(plain, [{ name: 'xl/connections.xml', data: '<a/>' }]), 'UNSAFE_FILE', 'EXTERNAL_DATA'],
  ['a part twice', () => zipOf([...Array.from({ length: 2 }, () => ({ name: 'xl/workbook.xml', data: '<a/>' }))]), 'UNSAFE_FILE', 'REPEATED_PART'],
  [
    'too many parts',
    () =>
      workbookOf(
        plain,
        Array.from({ length: 300 }, (_, i) => ({ name: `xl/media/${i}.png`, data: 'x' })),
      ),
    'LIMIT_EXCEEDED',
    'ENTRIES',
  ],
  ['too large a file', () => new Uint8Array(5_000_001), 'LIMIT_EXCEEDED', 'FILE_BYTES'],
  ['broken XML', () => workbookOf('<worksheet><sheetData><row'), 'UNSAFE_FILE', 'BROKEN_WORKBOOK'],
];

describe('workbooks that are refused', () => {
  it.each(HOSTILE)('%s', async (_what, make, code, rule) => {
    const refused = await refusalOf(make());
    expect(refused).toMatchObject({ code, rule });
    expect(refused.ms).toBeLessThan(2000);
    expect(refused.megabytes).toBeLessThan(200);
  });

  it('lets a clickable link through', async () => {
    const linked = workbookOf(plain, [
      {
        name: 'xl/worksheets/_rels/sheet1.xml.rels',
        data: rels('<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://example.org/" TargetMode="External"/>'),
      },
    ]);
    expect(await readWorkbook(linked)).toMatchObject({ ok: true });
  });

  it('does not expand what a validation rule names', async () => {
    const rule = '<dataValidations count="1"><dataValidation type="list" sqref="A1:XFD1048576"><formula1>"a"</formula1></dataValidation></dataValidations>';
    expect(await readWorkbook(workbookOf(sheetOf(`<row r="1">${cell('A1', '甲')}</row>`, rule)))).toMatchObject({ ok: true, value: { sheets: [{ rows: [['甲']] }] } });
  });
});
