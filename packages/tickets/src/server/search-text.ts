import type { CommandContext, DialectName } from '@baxing/db';
import { bigrams } from '@baxing/kernel';
import { type RawBuilder, type SqlBool, sql } from 'kysely';

/** The text index: bigrams of text and place, the same segmenter for both databases, keyed by the ticket's running number. */

const GRAMS_MAX = 4000;

export const searchable = (ticket: { text: string; place: string }): string => `${ticket.text} ${ticket.place}`;

const gramsOf = (text: string): string[] => bigrams(text).slice(0, GRAMS_MAX);

/** A tsvector written out: lexemes quoted, so that the database's own parser never touches them. */
const lexemes = (grams: readonly string[]): string => grams.map((gram) => `'${gram.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`).join(' ');

export interface IndexedText {
  readonly row: number;
  readonly text: string;
}

export async function indexText({ tx, dialect }: Pick<CommandContext, 'tx' | 'dialect'>, rows: readonly IndexedText[]): Promise<void> {
  const entries = rows.map(({ row, text }) => ({ row, grams: gramsOf(text) })).filter(({ grams }) => grams.length > 0);
  if (entries.length === 0) return;
  const values = sql.join(entries.map(({ row, grams }) => (dialect === 'sqlite' ? sql`(${row}, ${grams.join(' ')})` : sql`(${row}::bigint, ${lexemes(grams)}::tsvector)`)));
  await (dialect === 'sqlite' ? sql`insert into ticket_search (rowid, grams) values ${values}` : sql`insert into ticket_search (row, grams) values ${values}`).execute(tx as never);
}

/** Rows whose text contains `query` (NFC, case ignored): bigrams find candidates, the substring decides. Null: nothing to search for. */
export function textMatches(dialect: DialectName, query: string): RawBuilder<SqlBool> | null {
  const grams = gramsOf(query);
  if (grams.length === 0) return null;
  const pattern = `%${query.toLowerCase().replaceAll(/[\\%_]/g, (c) => `\\${c}`)}%`;
  const contains = sql<SqlBool>`lower(ticket.text || ' ' || ticket.place) like ${pattern} escape '\\'`;
  return dialect === 'sqlite'
    ? sql<SqlBool>`ticket.row in (select rowid from ticket_search where ticket_search match ${grams.map((gram) => `"${gram.replaceAll('"', '""')}"`).join(' ')}) and ${contains}`
    : sql<SqlBool>`ticket.row in (select row from ticket_search where grams @@ ${grams.map((gram) => lexemes([gram])).join(' & ')}::tsquery) and ${contains}`;
}
