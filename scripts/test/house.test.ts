import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TABLE_OWNERS } from '../../packages/db/src/index.ts';
import { ASSIGNMENT_STATES, TASK_STATES } from '../../packages/campaigns/src/states.ts';
import { REFUSAL_STATUS } from '../../packages/kernel/src/index.ts';
import { TICKET_STATES } from '../../packages/tickets/src/states.ts';
import { describe, expect, test } from 'vitest';
import { findImpurities, findStateLiterals, findTableWrites, findUnfinished } from './rules.ts';

/** Rules of the house that no linter knows. Each finding is one line: file:line what. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SKIPPED = /(^|\/)(node_modules|build|\.svelte-kit|paraglide|data|\.tools|\.cache)(\/|$)/;
const filesOf = (...patterns: string[]): string[] => globSync(patterns, { cwd: ROOT, exclude: (path) => SKIPPED.test(path) }).toSorted();
const textOf = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8');
const scan = (files: readonly string[], find: (text: string, file: string) => readonly string[]): string[] => files.flatMap((file) => find(textOf(file), file).map((finding) => `${file}:${finding}`));

const sources = filesOf('packages/*/src/**/*.ts', 'apps/*/src/**/*.{ts,svelte}', 'packages/ui/src/**/*.svelte');
const packageOf = (file: string): string => /^(?:packages|apps)\/([^/]+)\//.exec(file)![1]!;

/** Server files that are no commands and so may read files, the machine's clock or chance; each with its reason. */
const IMPURE: Readonly<Record<string, string>> = {
  'packages/campaigns/src/server/create-campaign.ts': 'reads the eight actions once, when it is loaded',
  'packages/campaigns/src/server/workbook/parse-thread.ts': 'parses workbooks in a thread of its own',
  'packages/campaigns/src/server/workbook/read-workbook.ts': 'starts that thread and gives it a time limit',
  'packages/clocks/src/server/default-calendars.ts': 'reads the calendars that come with the product',
  'packages/identity/src/server/demo-accounts.ts': 'reads the posts of the demonstration',
  'packages/identity/src/server/hashing.ts': 'hashes passwords before a command starts',
  'packages/identity/src/server/policy.ts': 'reads the policy file at the start',
  'packages/identity/src/server/sessions.ts': 'Lucia measures idle time by the machine',
  'packages/jurisdictions/src/server/default-city.ts': 'reads the city that comes with the product',
  'packages/tickets/src/server/categories/default-categories.ts': 'reads the categories that come with the product',
  'packages/tickets/src/server/files/blob-store.ts': 'keeps photos on disk',
  'packages/tickets/src/server/files/handle-files.ts': 'answers uploads before their command starts',
  'packages/tickets/src/server/files/process-photo.ts': 'decodes photos before their command starts',
};
const STATES = new Set<string>([...TICKET_STATES, ...TASK_STATES, ...ASSIGNMENT_STATES]);

describe('the house rules', () => {
  test('the scan sees the source', () => {
    expect(sources.length).toBeGreaterThan(100);
  });

  test('only the owner writes a table', () => {
    const owners = new Map(Object.entries(TABLE_OWNERS).flatMap(([owner, tables]) => tables.map((table) => [table, owner] as const)));
    expect(scan(sources, (text, file) => findTableWrites(text, packageOf(file), owners))).toEqual([]);
  });

  test('a command awaits nothing but its transaction, and time, ids and randomness are arguments', () => {
    const files = filesOf('packages/*/src/server/**/*.ts').filter((file) => IMPURE[file] === undefined);
    expect(scan(files, findImpurities)).toEqual([]);
    expect(Object.keys(IMPURE).filter((file) => findImpurities(textOf(file)).length === 0)).toEqual([]);
  });

  test('states are compared through the transition tables', () => {
    const files = sources.filter((file) => !/\/(states|decide)\.ts$/.test(file) && !file.startsWith('packages/db/'));
    expect(scan(files, (text) => findStateLiterals(text, STATES))).toEqual([]);
  });

  test('nothing is left unfinished or switched off', () => {
    const files = filesOf('{apps,packages,scripts}/**/*.{ts,mjs,svelte,css}', '*.{md,ts,json,cjs,js}', 'docs/**/*.md').filter((file) => !file.startsWith('scripts/test/'));
    expect(scan(files, findUnfinished)).toEqual([]);
  });

  test('the portal imports pure doors, the components, and types of the API', () => {
    const files = filesOf('apps/portal/src/**/*.{ts,svelte}');
    const offending = scan(files, (text) =>
      [...text.matchAll(/^\s*import\s+(type\s)?[^;]*?from\s+['"](@baxing\/[^'"]+)['"]/gm)]
        .filter(([, typeOnly, from]) => !(from === '@baxing/api' ? typeOnly : /^@baxing\/(kernel|clocks|jurisdictions|identity|tickets|campaigns)$|^@baxing\/ui(\/[A-Za-z.-]+)?$/.test(from!)))
        .map(([line]) => line.trim()),
    );
    expect(offending).toEqual([]);
  });

  test('every refusal has words', () => {
    const words = filesOf('apps/portal/messages/zh/*.json').map(textOf).join('\n');
    expect(Object.keys(REFUSAL_STATUS).filter((code) => !words.includes(`"refusal_${code}"`))).toEqual([]);
  });

  test('the lockfile names no host', () => {
    expect(/https?:\/\//.exec(textOf('pnpm-lock.yaml'))?.[0]).toBeUndefined();
  });
});
