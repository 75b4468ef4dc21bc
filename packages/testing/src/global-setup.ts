import { join } from 'node:path';
import { type DatabaseTarget, openDatabase } from '@baxing/db';
import { type PostgresServer, startPostgres } from './postgres.ts';
import { openRunFolder, scratchFolder } from './scratch.ts';
import { publishTemplates } from './templates.ts';

async function migrated(target: DatabaseTarget): Promise<void> {
  const db = openDatabase(target);
  await db.migrate();
  await db.close();
}

/** One PostgreSQL server and one migrated template per dialect for the whole run. */
export default async function setup(): Promise<() => Promise<void>> {
  const run = openRunFolder();
  let server: PostgresServer | undefined;
  const teardown = async (): Promise<void> => {
    await server?.stop();
    run.remove();
  };
  try {
    const sqliteFile = join(scratchFolder('template-'), 'template.sqlite');
    await migrated({ dialect: 'sqlite', file: sqliteFile });
    if (process.env['BAXING_TEST_DIALECTS'] === 'sqlite') {
      publishTemplates({ sqliteFile });
      return teardown;
    }
    server = await startPostgres();
    const template = await server.createDatabase();
    await migrated({ dialect: 'postgres', url: template });
    publishTemplates({ sqliteFile, postgres: { adminUrl: server.url('postgres'), template: new URL(template).pathname.slice(1) } });
    return teardown;
  } catch (fault) {
    await teardown();
    throw fault;
  }
}
