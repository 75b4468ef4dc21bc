import { readFileSync, writeFileSync } from 'node:fs';
import { procedureNames } from '@baxing/api';
import { REFUSAL_STATUS } from '@baxing/kernel';
import { expect, it } from 'vitest';
import { describeApi } from './describe-api.ts';

const FILE = new URL('../../../docs/api.md', import.meta.url);
const [OPEN, CLOSE] = ['<!-- generated -->', '<!-- /generated -->'];

it('the reference in docs/api.md says what the API takes and answers (UPDATE=1 writes it)', () => {
  const text = readFileSync(FILE, 'utf8');
  const [before, after] = [text.slice(0, text.indexOf(OPEN) + OPEN.length), text.slice(text.indexOf(CLOSE))];
  const wanted = `${before}\n${describeApi()}${after}`;
  if (process.env['UPDATE'] === '1') writeFileSync(FILE, wanted);
  expect(readFileSync(FILE, 'utf8')).toBe(wanted);
}, 60_000);

it('every command, every refusal code and every index of a list is explained there', () => {
  const text = readFileSync(FILE, 'utf8').split(OPEN)[0]!;
  const named = new Set([...text.matchAll(/`([A-Za-z_.]+)`/g)].map(([, name]) => name!));
  const silent = new Set(['auth.signOut']);
  expect(procedureNames().filter(({ name, kind }) => kind === 'mutation' && !named.has(name) && !silent.has(name))).toEqual([]);
  expect([...named].filter((name) => /^[a-z]+\.[a-z][A-Za-z]+$/.test(name) && !/\.(md|txt|ts|accepted)$/.test(name) && !procedureNames().some((one) => one.name === name))).toEqual([]);
  expect([...Object.keys(REFUSAL_STATUS), 'FAULT'].filter((code) => !named.has(code))).toEqual([]);
  const migration = readFileSync(new URL('../../db/src/migrations/0007-ticket-lists.ts', import.meta.url), 'utf8');
  const indexes = [...migration.matchAll(/create index (ticket_\w+) on ticket /g)].map(([, name]) => name!);
  expect(indexes.length).toBeGreaterThan(10);
  expect(indexes.filter((name) => !named.has(name))).toEqual([]);
});
