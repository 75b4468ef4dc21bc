import { expect, test } from 'vitest';
import { findImpurities, findStateLiterals, findTableWrites, findUnfinished, withoutComments } from './rules.ts';

const owners = new Map([
  ['ticket', 'tickets'],
  ['unit', 'jurisdictions'],
]);

test.each([
  ["tx.insertInto('unit').values(row)", '1 insertInto unit, which jurisdictions owns'],
  ["tx\n  .updateTable('unit').set(x)", '2 updateTable unit, which jurisdictions owns'],
  ['tx.deleteFrom(`unit`)', '1 deleteFrom unit, which jurisdictions owns'],
  ['tx.insertInto(table)', '1 insertInto of a table that is not named in place'],
  ["const f = (table: 'ticket' | 'unit') => tx.insertInto(table)", '1 insertInto unit, which jurisdictions owns'],
  ['sql`update unit set name = ${x}`', '1 update unit, which jurisdictions owns'],
  ['sql`insert into unit (id) values (1)`', '1 insert into unit, which jurisdictions owns'],
  ['sql`delete from unit where id = 1`', '1 delete from unit, which jurisdictions owns'],
])('a write to a foreign table is found: %s', (source, finding) => {
  expect(findTableWrites(source, 'tickets', owners)).toEqual([finding]);
});

test('own writes, reads and words in comments are free', () => {
  const source = "// update unit set x\n/* delete from unit where */ tx.insertInto('ticket'); tx.selectFrom('unit'); const text = 'update unit names';";
  expect(findTableWrites(source, 'tickets', owners)).toEqual([]);
});

test.each([
  ["import { readFile } from 'node:fs/promises';"],
  ["import { hash } from '@node-rs/argon2';"],
  ['const at = Date.now();'],
  ['const at = new Date();'],
  ['const n = Math.random();'],
  ['const id = crypto.randomUUID();'],
  ['await fetch(url);'],
  ['setTimeout(done, 5);'],
])('ambient time, chance and IO are found: %s', (source) => {
  expect(findImpurities(source)).toHaveLength(1);
});

test('what only looks impure is free', () => {
  expect(findImpurities("const day = new Date(at); // Date.now()\nrow.fetch(); import type { Row } from './fs.ts';")).toEqual([]);
});

test('a state compared with a literal is found', () => {
  expect(findStateLiterals("if (ticket.state === 'closed') x();\nreturn row?.state !== 'open';", new Set(['closed', 'open']))).toHaveLength(2);
  expect(findStateLiterals("if (connection.state === 'pending') x();", new Set(['closed']))).toEqual([]);
  expect(findStateLiterals("if (phaseOf(ticket.state) === 'over' && statement === 'x') x();", new Set(['x', 'over']))).toEqual([]);
});

test('unfinished work is found', () => {
  const source = ['it.ski' + "p('x', () => {});", '// TO' + 'DO later', 'test.on' + "ly('y', f);", 'describe.each(rows).sk' + "ip('z', f)", 'vi.mo' + "ck('./a.ts')", '// @ts-ig' + 'nore'].join('\n');
  expect(findUnfinished(source)).toHaveLength(6);
  expect(findUnfinished('list.skip(3); items.only;')).toEqual([]);
});

test('comments go, lines stay', () => {
  expect(withoutComments("a; // b\n/* c\nd */ e; 'http://x'").split('\n')).toHaveLength(3);
  expect(withoutComments("'http://x'")).toBe("'http://x'");
});
