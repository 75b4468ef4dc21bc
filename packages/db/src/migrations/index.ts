import type { Kysely } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import type { DialectName } from '../dialect.ts';
import { foundation } from './0001-foundation.ts';
import { clocks } from './0002-clocks.ts';
import { jurisdictions } from './0003-jurisdictions.ts';
import { identity } from './0004-identity.ts';
import { tickets } from './0005-tickets.ts';
import { campaigns } from './0006-campaigns.ts';
import { ticketLists } from './0007-ticket-lists.ts';
import { runDdl } from './ddl.ts';

type Text = string | Readonly<Record<DialectName, string>>;

/** The one list. Append; never edit what has been released. */
const MIGRATIONS: Readonly<Record<string, Text>> = {
  '0001-foundation': foundation,
  '0002-clocks': clocks,
  '0003-jurisdictions': jurisdictions,
  '0004-identity': identity,
  '0005-tickets': tickets,
  '0006-campaigns': campaigns,
  '0007-ticket-lists': ticketLists,
};

/** Brings the schema up to date; safe from several processes at once. Returns the names that ran. */
export async function migrateToLatest(db: Kysely<never>, dialect: DialectName): Promise<string[]> {
  const provider: MigrationProvider = {
    getMigrations: () =>
      Promise.resolve(
        Object.fromEntries(
          Object.entries(MIGRATIONS).map(([name, text]): [string, Migration] => [
            name,
            { up: (tx) => runDdl(tx as Kysely<unknown>, dialect, typeof text === 'string' ? text : text[dialect]) },
          ]),
        ),
      ),
  };
  const { error, results } = await new Migrator({ db: db as unknown as Kysely<unknown>, provider }).migrateToLatest();
  if (error !== undefined) throw error;
  return (results ?? []).filter((r) => r.status === 'Success').map((r) => r.migrationName);
}
