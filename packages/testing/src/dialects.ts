import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type DatabaseTarget, type DialectName, type OpenOptions, openDatabase } from '@baxing/db';
import { afterAll, describe, onTestFinished } from 'vitest';
import { createDatabase, dropDatabase } from './postgres.ts';
import { scratchFolder } from './scratch.ts';
import { readTemplates } from './templates.ts';

export type Open = (options?: OpenOptions) => Promise<Database>;

interface Store {
  readonly target: DatabaseTarget;
  remove(): Promise<void>;
}

async function makeStore(dialect: DialectName): Promise<Store> {
  const templates = readTemplates();
  if (dialect === 'sqlite') {
    const folder = scratchFolder('baxing-db-');
    const file = join(folder, 'baxing.sqlite');
    copyFileSync(templates.sqliteFile, file);
    return { target: { dialect, file }, remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })) };
  }
  const { adminUrl, template } = templates.postgres!;
  const url = await createDatabase(adminUrl, template);
  return { target: { dialect, url, connections: 10 }, remove: () => dropDatabase(adminUrl, url) };
}

/** Dialects of this run: both, unless `BAXING_TEST_DIALECTS=sqlite`. */
export const testDialects = (): readonly DialectName[] => (process.env['BAXING_TEST_DIALECTS'] === 'sqlite' ? ['sqlite'] : ['sqlite', 'postgres']);

/**
 * `describe` once per dialect. `open` gives a migrated, empty database; it is closed and removed after the test that opened it,
 * or after the block when it was opened in `beforeAll`. A second process on the same store: `openDatabase(db.target)`, closed by the test.
 */
export function describeEachDialect(name: string, body: (open: Open, dialect: DialectName) => void): void {
  for (const dialect of testDialects())
    describe(`${name} [${dialect}]`, () => {
      const shared: (() => Promise<void>)[] = [];
      afterAll(async () => {
        for (const close of shared) await close();
      });
      body(async (options) => {
        const store = await makeStore(dialect);
        const db = openDatabase(store.target, options);
        const close = async (): Promise<void> => {
          await db.close();
          await store.remove();
        };
        try {
          onTestFinished(close);
        } catch {
          shared.push(close);
        }
        return db;
      }, dialect);
    });
}
