import { readFileSync, writeFileSync } from 'node:fs';
import { procedureNames } from '@baxing/api';
import { authorisationMatrix, policyTable, proceduresWithoutPolicy } from '@baxing/identity';
import { DEFAULT_POLICY } from '@baxing/identity/server';
import { expect, it } from 'vitest';

const FILE = new URL('../../../docs/authorisation.txt', import.meta.url);
const table = policyTable(DEFAULT_POLICY);

/** Photos go by plain HTTP (docs/api.md); their verbs are in the policy like any other. */
const FILE_VERBS = [
  { name: 'files.get', kind: 'query' },
  { name: 'files.upload', kind: 'mutation' },
] as const;

const procedures = [...procedureNames(), ...FILE_VERBS];

it('role × verb × scope is what docs/authorisation.txt says (UPDATE=1 writes it)', () => {
  const matrix = authorisationMatrix(table, procedures);
  if (process.env['UPDATE'] === '1') writeFileSync(FILE, matrix);
  expect(readFileSync(FILE, 'utf8')).toBe(matrix);
});

it('every procedure has a rule', () => {
  expect(proceduresWithoutPolicy(table, procedures)).toEqual([]);
});

it('a forgotten procedure is found', () => {
  expect(proceduresWithoutPolicy(table, [...procedures, { name: 'tickets.forgotten', kind: 'query' }])).toEqual(['tickets.forgotten']);
});

it('every rule is of a procedure, or of a verb that is not one', () => {
  const names = new Set(procedures.map(({ name }) => name));
  expect([...new Set(DEFAULT_POLICY.map(({ verb }) => verb))].filter((verb) => !names.has(verb))).toEqual([]);
});

it('no administrator may change business, and no business role the accounts or the log', () => {
  const may = (role: string, verb: string): boolean => table.has(`${role} ${verb}`);
  for (const { name, kind } of procedures) {
    const administration = /^(accounts|posts|policy|audit)\./.test(name);
    if (kind === 'mutation' && !administration && !/^(auth|demo|calendars|categories|jurisdictions|units)\./.test(name))
      for (const role of ['system_admin', 'security_admin', 'audit_admin']) expect(may(role, name), `${role} ${name}`).toBe(false);
    if (/^(accounts|audit)\./.test(name)) for (const role of ['street', 'office', 'leader', 'dispatcher', 'task_force']) expect(may(role, name), `${role} ${name}`).toBe(false);
  }
});
