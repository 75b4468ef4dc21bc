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

/** What has no two letters or digits side by side (one character, an emoji) is looked for in this many of the newest tickets only: no index narrows it. */
export const UNINDEXED_ROWS = 20_000;

const RUN = /[\p{L}\p{N}\p{M}]+/gu;

/** Pairs that a text containing `query` must hold. A single character at its edge may be part of a longer word there, so it demands nothing. */
function gramsOfQuery(query: string): string[] {
  const grams = new Set<string>();
  for (const { 0: run, index } of query.matchAll(RUN)) {
    const atEdge = index === 0 || index + run.length === query.length;
    if (!atEdge || [...run].length > 1) for (const gram of bigrams(run)) grams.add(gram);
  }
  return [...grams].slice(0, GRAMS_MAX);
}

/** Both databases fold the same letters: A–Z. */
const folded = (query: string): string => query.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Rows whose text contains `query` (NFC; A–Z as a–z): bigrams find candidates, the substring decides. Null: nothing to search for. */
export function textMatches(dialect: DialectName, query: string): RawBuilder<SqlBool> | null {
  if (query === '') return null;
  const grams = gramsOfQuery(query);
  const pattern = `%${folded(query).replaceAll(/[\\%_]/g, (c) => `\\${c}`)}%`;
  const contains =
    dialect === 'sqlite'
      ? sql<SqlBool>`lower(ticket.text || ' ' || ticket.place) like ${pattern} escape '\\'`
      : sql<SqlBool>`lower((ticket.text || ' ' || ticket.place) collate "C") like ${pattern} escape '\\'`;
  if (grams.length === 0) return sql<SqlBool>`ticket.row > (select coalesce(max(newest.row), 0) - ${sql.lit(UNINDEXED_ROWS)} from ticket as newest) and ${contains}`;
  return dialect === 'sqlite'
    ? sql<SqlBool>`ticket.row in (select rowid from ticket_search where ticket_search match ${grams.map((gram) => `"${gram.replaceAll('"', '""')}"`).join(' ')}) and ${contains}`
    : sql<SqlBool>`ticket.row in (select row from ticket_search where grams @@ ${grams.map((gram) => lexemes([gram])).join(' & ')}::tsquery) and ${contains}`;
}
