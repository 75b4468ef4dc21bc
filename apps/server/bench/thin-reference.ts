import { randomUUID } from 'node:crypto';
import { cachedStatements, openPostgresPool, openSqlite } from '@baxing/db';

/** As little as anybody could write for "store a ticket and its audit row durably": prepared raw SQL, one commit per request. */

interface Report {
  text: string;
  longitude: number;
  latitude: number;
}

const TABLES = [
  'create table if not exists ref_ticket (id text primary key, text text not null, longitude double precision not null, latitude double precision not null, state text not null, at bigint not null)',
  'create table if not exists ref_audit (id text primary key, ticket_id text not null, what text not null, at bigint not null)',
];

export function sqliteReference(file: string): (report: Report) => Promise<{ id: string }> {
  const database = cachedStatements(openSqlite(file, false));
  for (const table of TABLES) database.exec(table);
  const ticket = database.prepare('insert into ref_ticket values (?, ?, ?, ?, ?, ?)');
  const audit = database.prepare('insert into ref_audit values (?, ?, ?, ?)');
  return (report) => {
    const id = randomUUID();
    database.exec('begin immediate');
    ticket.run(id, report.text, report.longitude, report.latitude, 'reported', Date.now());
    audit.run(randomUUID(), id, 'reported', Date.now());
    database.exec('commit');
    return Promise.resolve({ id });
  };
}

export async function postgresReference(url: string): Promise<(report: Report) => Promise<{ id: string }>> {
  const pool = openPostgresPool(url, 20);
  for (const table of TABLES) await pool.query(table);
  return async (report) => {
    const id = randomUUID();
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query({ name: 'ticket', text: 'insert into ref_ticket values ($1, $2, $3, $4, $5, $6)', values: [id, report.text, report.longitude, report.latitude, 'reported', Date.now()] });
      await client.query({ name: 'audit', text: 'insert into ref_audit values ($1, $2, $3, $4)', values: [randomUUID(), id, 'reported', Date.now()] });
      await client.query('commit');
    } finally {
      client.release();
    }
    return { id };
  };
}
