import Sqlite from 'better-sqlite3';

const PAGES_PER_STEP = 2000;

/** SQLite's online backup: a consistent copy while the server goes on writing. `onTenth` hears 1 … 10. */
export async function backupSqlite(source: string, target: string, onTenth: (tenth: number) => void): Promise<void> {
  const database = new Sqlite(source, { readonly: true });
  let told = 0;
  try {
    await database.backup(target, {
      progress: ({ totalPages, remainingPages }) => {
        const tenth = Math.floor((10 * (totalPages - remainingPages)) / Math.max(1, totalPages));
        if (tenth > told) onTenth((told = tenth));
        return PAGES_PER_STEP;
      },
    });
  } finally {
    database.close();
  }
}
