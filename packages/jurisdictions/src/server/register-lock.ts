import type { CommandContext } from '@baxing/db';
import { sql } from 'kysely';

const LOCK = 7_540_100;

/** Imports read the register and then add what is missing; on PostgreSQL two at once would both add it. SQLite has one writer anyway. */
export async function lockRegister(ctx: CommandContext): Promise<void> {
  if (ctx.dialect === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(ctx.tx as never);
}
