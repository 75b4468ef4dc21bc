import { describe, expect, it } from 'vitest';
import { checkGeometry, NATIONAL_CODES, parseAreas, parseCsv, parseDivisionsFile, parseUnitsFile, placeNameOf, shapeAreaSquareMetres } from '../src/index.ts';

const divisions = (body: string) => parseDivisionsFile(`code,parent,level,name\n${body}`, { codes: NATIONAL_CODES, validFrom: 0, synthetic: false });
const findingsOf = (result: { ok: boolean; refusal?: { details: Readonly<Record<string, unknown>> } }): unknown => result.refusal?.details['findings'];

describe('tables', () => {
  it('reads quotes, doubled quotes, line breaks in cells, CRLF and a byte-order mark, and keeps line numbers', () => {
    const table = parseCsv('\ufeffa,b\r\n"x, ""y""\nz",1\r\n\r\n2,3\r\n', ['b', 'a']);
    expect(table).toEqual({ ok: true, value: [{ line: 2, cells: { b: '1', a: 'x, "y"\nz' } }, { line: 5, cells: { b: '3', a: '2' } }] });
  });

  it.each([
    ['a missing column', 'a\n1', [{ line: 1, column: 'b', rule: 'COLUMN_MISSING', value: null }]],
    ['an open quote', 'a,b\n"1,2', [{ line: 1, column: null, rule: 'QUOTE_OPEN', value: null }]],
    ['a short row', 'a,b\n1,2\n3', [{ line: 3, column: null, rule: 'CELL_COUNT', value: '1' }]],
    ['a control character', 'a,b\n1,\u0000', [{ line: 2, column: 'b', rule: 'CHARACTERS', value: null }]],
  ])('names %s', (_, text, findings) => {
    expect(findingsOf(parseCsv(text, ['a', 'b']))).toEqual(findings);
  });

  it('refuses more characters or rows than the limit', () => {
    const limits = { charactersMax: 20, rowsMax: 2, cellMax: 5 };
    expect(parseCsv('a\n1\n2\n3', ['a'], limits)).toMatchObject({ ok: false, refusal: { code: 'LIMIT_EXCEEDED', details: { limit: 'rows' } } });
    expect(parseCsv('a\n1\n2', ['a'], limits).ok).toBe(true);
    expect(parseCsv(`a\n${'1'.repeat(30)}`, ['a'], limits)).toMatchObject({ ok: false, refusal: { code: 'LIMIT_EXCEEDED', details: { limit: 'characters' } } });
  });
});

describe('a file of divisions', () => {
  it('becomes rows of the product, a zone one place with all the codes below it', () => {
    const read = divisions(['1,,province,省', '540100000000,1,city,市', '540102000000,540100000000,county,区', '540172000000,540100000000,county,开发区', '540172400000,540172000000,township,管委会', '540172400498,540172400000,village,虚拟社区'].join('\n'));
    expect(read.ok && read.value.rows).toEqual([
      { code: '540100000000', alsoCodes: [], parentCode: null, kind: 'city', name: '市', ordinal: 3 },
      { code: '540102000000', alsoCodes: [], parentCode: '540100000000', kind: 'district', name: '区', ordinal: 4 },
      { code: '540172000000', alsoCodes: ['540172400000', '540172400498'], parentCode: '540100000000', kind: 'zone', name: '开发区', ordinal: 5 },
    ]);
  });

  it('reads a zone whose children stand above it', () => {
    const read = divisions(['540172400498,540172400000,village,虚拟社区', '540172400000,540172000000,township,管委会', '540172000000,540100000000,county,开发区'].join('\n'));
    expect(read.ok && read.value.rows.map(({ code, alsoCodes }) => [code, alsoCodes])).toEqual([['540172000000', ['540172400498', '540172400000']]]);
  });

  it('names every faulty row with its line, column and rule', () => {
    expect(findingsOf(divisions(['a,,city,市', 'a,,city,市', 'b b,a,county,区', 'c,a,hamlet,村', 'd,a,village,村', `e,a,county,${'长'.repeat(61)}`].join('\n')))).toEqual([
      { line: 3, column: 'code', rule: 'CODE_REPEATED', value: 'a' },
      { line: 4, column: 'code', rule: 'CODE_PATTERN', value: 'b b' },
      { line: 5, column: 'level', rule: 'LEVEL_UNKNOWN', value: 'hamlet' },
      { line: 7, column: 'name', rule: 'NAME_LENGTH', value: '长'.repeat(61) },
      { line: 6, column: 'parent', rule: 'PARENT_LEVEL', value: 'a' },
    ]);
  });
});

describe('a file of units', () => {
  const header = '序号,单位名称,简称,单位类型,上级单位,管辖区划代码,管辖说明,备注\n';
  it('maps the words of the register to kinds', () => {
    const read = parseUnitsFile(`${header}1,城关公安分局扎细派出所,扎细派出所,派出所,城关公安分局,540102005000,扎细街道,\n`, { codes: NATIONAL_CODES, validFrom: 0 });
    expect(read.ok && read.value.rows).toEqual([{ name: '城关公安分局扎细派出所', shortName: '扎细派出所', kind: 'station', parent: '城关公安分局', areaCode: '540102005000', areaNote: '扎细街道', note: '', ordinal: 2 }]);
  });
  it('names an unknown kind and a repeated name', () => {
    expect(findingsOf(parseUnitsFile(`${header}1,甲,,派出所,,,,\n2,甲,,派出所,,,,\n3,乙,,马戏团,,,,\n`, { codes: NATIONAL_CODES, validFrom: 0 }))).toEqual([
      { line: 3, column: '单位名称', rule: 'NAME_REPEATED', value: '甲' },
      { line: 4, column: '单位类型', rule: 'KIND_UNKNOWN', value: '马戏团' },
    ]);
  });
});

describe('a file of areas', () => {
  const square = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]];
  const feature = (properties: object, geometry: unknown) => ({ type: 'Feature', properties, geometry });
  const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });

  it('takes Polygon and MultiPolygon, and a county code of six digits', () => {
    const read = parseAreas(collection(feature({ adcode: '540102' }, { type: 'Polygon', coordinates: square }), feature({ code: 'X-1' }, { type: 'MultiPolygon', coordinates: [square] })));
    expect(read.ok && read.value).toEqual([{ code: '540102000000', shape: [square] }, { code: 'X-1', shape: [square] }]);
  });

  it('names the feature, the rule and the place of each fault', () => {
    const bow = [[[0, 0], [1, 1], [1, 0], [0, 1.5], [0, 0]]];
    const text = collection(feature({ code: 'a', name: '蝴蝶' }, { type: 'Polygon', coordinates: bow }), feature({}, { type: 'Polygon', coordinates: square }), feature({ code: 'c' }, { type: 'Point', coordinates: [0, 0] }));
    expect(findingsOf(parseAreas(text))).toEqual([
      { line: 1, column: null, rule: 'SELF_CROSSING', value: 'a 蝴蝶 @ 0.6,0.6' },
      { line: 2, column: null, rule: 'CODE_MISSING', value: '' },
      { line: 3, column: null, rule: 'NOT_A_POLYGON', value: 'c' },
    ]);
    expect(findingsOf(parseAreas('{'))).toMatchObject([{ rule: 'NOT_JSON' }]);
    expect(findingsOf(parseAreas('[]'))).toMatchObject([{ rule: 'NOT_A_COLLECTION' }]);
    expect(findingsOf(parseAreas('null'))).toMatchObject([{ rule: 'NOT_A_COLLECTION' }]);
  });

  it.each([
    ['RING_OPEN', [[[0, 0], [1, 0], [1, 1], [0, 1]]]],
    ['RING_TOO_SHORT', [[[0, 0], [1, 0], [0, 0]]]],
    ['POSITION', [[[0, 0], [1, 0], [1, 91], [0, 0]]]],
    ['POSITION', [[[0, 0], ['1', 0], [1, 1], [0, 0]]]],
    ['NO_AREA', [[[0, 0], [1, 0], [0, 0], [0, 0]]]],
    ['NOT_A_POLYGON', null],
  ])('finds %s', (rule, coordinates) => {
    expect(checkGeometry({ type: 'Polygon', coordinates })).toMatchObject({ rule });
  });
});

it.each([
  ['鲁固社区居委会', '鲁固社区'],
  ['恩惠苑居委会', '恩惠苑社区'],
  ['塔玛村委会', '塔玛村'],
  ['德庆村村民委员会', '德庆村'],
  ['德吉新村', '德吉新村'],
])('%s is the place %s', (name, place) => {
  expect(placeNameOf(name)).toBe(place);
});

it('measures one square degree at the equator, a hole taken out', () => {
  const square = (from: number, to: number): [number, number][] => [[from, from], [to, from], [to, to], [from, to], [from, from]];
  const expected = 6_371_008.8 ** 2 * (Math.PI / 180) * Math.sin(Math.PI / 180);
  expect(shapeAreaSquareMetres([[square(0, 1)]]) / expected).toBeCloseTo(1, 9);
  const hole = shapeAreaSquareMetres([[square(0.2, 0.4)]]);
  expect((shapeAreaSquareMetres([[square(0, 1), square(0.2, 0.4)]]) + hole) / expected).toBeCloseTo(1, 9);
});
