import { importCalendarSchema } from '@baxing/clocks';
import { type CommandContext, defineCommand, startJob } from '@baxing/db';
import { ok } from '@baxing/kernel';
import { calendarCache } from './calendar-cache.ts';
import { closeGaps } from './calendar-gaps.ts';
import { RESOLVE_AWAITING } from './resolve-awaiting.ts';

const ROWS_PER_INSERT = 200;

/** Work days and years of one calendar, replaced year by year. Clocks that waited for them are computed by a job. Running clocks keep their due times. */
export const importCalendar = defineCommand({
  name: 'clocks.importCalendar',
  input: importCalendarSchema,
  async run(ctx, { calendar, years }) {
    const { tx } = ctx;
    for (const { year, source } of years) {
      await tx
        .insertInto('calendar_year')
        .values({ calendar, year, source, loaded_at: ctx.at })
        .onConflict((c) => c.columns(['calendar', 'year']).doUpdateSet({ source, loaded_at: ctx.at }))
        .execute();
      await tx.deleteFrom('calendar_day').where('calendar', '=', calendar).where('day', '>=', `${year}-01-01`).where('day', '<=', `${year}-12-31`).execute();
    }
    const days = years.flatMap((year) => year.days.map(({ day, kind, name }) => ({ calendar, day, kind, name })));
    for (let i = 0; i < days.length; i += ROWS_PER_INSERT) await tx.insertInto('calendar_day').values(days.slice(i, i + ROWS_PER_INSERT)).execute();
    const loaded = years.map(({ year }) => year).sort((a, b) => a - b);
    await closeGaps(
      ctx,
      loaded.map((year) => ({ calendar, year, missing: 'year' })),
    );
    ctx.record({ type: 'calendar.imported', subject: 'calendar', subjectId: calendar, scope: {}, data: { calendar, years: years.map(({ year, source, days: { length } }) => ({ year, source, days: length })) } });
    await calendarsChanged(ctx);
    return ok({ calendar, years: loaded, days: days.length });
  },
});

export async function calendarsChanged(ctx: CommandContext): Promise<void> {
  ctx.invalidate(calendarCache);
  const waiting = await ctx.tx.selectFrom('clock').select('id').where('awaiting_year', 'is not', null).limit(1).executeTakeFirst();
  if (waiting) await startJob(ctx, RESOLVE_AWAITING, {});
}
