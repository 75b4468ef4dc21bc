import type { Awaiting } from '@baxing/clocks';
import type { CommandContext, Reader, Tx } from '@baxing/db';

/**
 * Years that clocks wait for. The gap row is also the lock between a clock that begins to wait and the import that ends the waiting:
 * whoever comes second sees the other's rows, so no clock is left behind.
 */

async function isLoaded(tx: Tx, gap: Awaiting): Promise<boolean> {
  const found =
    gap.missing === 'year'
      ? await tx.selectFrom('calendar_year').select('calendar').where('calendar', '=', gap.calendar).where('year', '=', gap.year).executeTakeFirst()
      : await tx.selectFrom('office_hours').select('calendar').where('calendar', '=', gap.calendar).limit(1).executeTakeFirst();
  return found !== undefined;
}

/** Notes that a clock has to wait; false when the data have arrived since this process read its calendars. The administrators are told once per gap. */
export async function noteGap(ctx: CommandContext, gap: Awaiting): Promise<boolean> {
  const { calendar, year, missing } = gap;
  const fresh = await ctx.tx
    .insertInto('calendar_gap')
    .values({ calendar, year, missing, noted_at: ctx.at })
    .onConflict((c) => c.columns(['calendar', 'year', 'missing']).doNothing())
    .returning('year')
    .executeTakeFirst();
  // SQLite has one writer; on PostgreSQL waiting clocks share the row and an import takes it alone.
  if (!fresh && ctx.dialect === 'postgres')
    await ctx.tx.selectFrom('calendar_gap').select('year').where('calendar', '=', calendar).where('year', '=', year).where('missing', '=', missing).forShare().execute();
  if (await isLoaded(ctx.tx, gap)) {
    if (fresh) await dropGap(ctx.tx, gap);
    return false;
  }
  if (fresh) ctx.record({ type: 'calendar.yearMissing', subject: 'calendar', subjectId: calendar, scope: {}, data: { calendar, year, missing } });
  return true;
}

async function dropGap(tx: Tx, { calendar, year, missing }: Awaiting): Promise<void> {
  await tx.deleteFrom('calendar_gap').where('calendar', '=', calendar).where('year', '=', year).where('missing', '=', missing).execute();
}

/** Called with the data already written, in one order for everyone. The insert waits for a clock that is noting the same gap right now. */
export async function closeGaps(ctx: CommandContext, gaps: readonly Awaiting[]): Promise<void> {
  for (const gap of gaps) {
    const { calendar, year, missing } = gap;
    await ctx.tx
      .insertInto('calendar_gap')
      .values({ calendar, year, missing, noted_at: ctx.at })
      .onConflict((c) => c.columns(['calendar', 'year', 'missing']).doNothing())
      .execute();
    await dropGap(ctx.tx, gap);
  }
}

export interface CalendarWarning extends Awaiting {
  readonly notedAt: number;
  /** Clocks without a due time because of it. */
  readonly waitingClocks: number;
}

/** What administrators have to load. Few rows: one per year that some clock waits for. */
export async function calendarWarnings(reader: Reader): Promise<CalendarWarning[]> {
  const gaps = await reader.selectFrom('calendar_gap').selectAll().orderBy('calendar').orderBy('year').limit(200).execute();
  if (gaps.length === 0) return [];
  const counts = await reader
    .selectFrom('clock')
    .select((eb) => ['awaiting_year as year', eb.fn.countAll<number>().as('n')])
    .where('awaiting_year', 'is not', null)
    .groupBy('awaiting_year')
    .execute();
  const waiting = new Map(counts.map(({ year, n }) => [year, Number(n)]));
  return gaps.map(({ calendar, year, missing, noted_at }) => ({ calendar: calendar as Awaiting['calendar'], year, missing, notedAt: noted_at, waitingClocks: waiting.get(year) ?? 0 }));
}
