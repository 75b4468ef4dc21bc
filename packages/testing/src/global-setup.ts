import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabaseTarget, openDatabase } from '@baxing/db';
import { startPostgres } from './postgres.ts';
import { scratchFolder } from './scratch.ts';
import { publishTemplates } from './templates.ts';

async function migrated(target: DatabaseTarget): Promise<void> {
  const db = openDatabase(target);
  await db.migrate();
  await db.close();
}

/** One PostgreSQL server and one migrated template per dialect for the whole run. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = scratchFolder('baxing-test-');
  const sqliteFile = join(folder, 'template.sqlite');
  await migrated({ dialect: 'sqlite', file: sqliteFile });
  if (process.env['BAXING_TEST_DIALECTS'] === 'sqlite') {
    publishTemplates({ sqliteFile });
    return () => Promise.resolve(rmSync(folder, { recursive: true, force: true }));
  }
  const server = await startPostgres();
  const template = await server.createDatabase();
  await migrated({ dialect: 'postgres', url: template });
  publishTemplates({ sqliteFile, postgres: { adminUrl: server.url('postgres'), template: new URL(template).pathname.slice(1) } });
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
