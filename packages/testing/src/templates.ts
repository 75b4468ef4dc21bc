/** What the global set-up of a run made and its tests copy. Travels to the test processes in the environment. */
export interface Templates {
  /** A migrated SQLite file. */
  readonly sqliteFile: string;
  /** Absent when the run is for SQLite only. */
  readonly postgres?: { readonly adminUrl: string; readonly template: string };
}

const VARIABLE = 'BAXING_TEST_TEMPLATES';

export function publishTemplates(templates: Templates): void {
  process.env[VARIABLE] = JSON.stringify(templates);
  if (templates.postgres) process.env['BAXING_TEST_PG'] = templates.postgres.adminUrl;
}

export function readTemplates(): Templates {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error('tests that touch a database run under the root vitest.config.ts, whose global set-up makes the templates');
  return JSON.parse(text) as Templates;
}
