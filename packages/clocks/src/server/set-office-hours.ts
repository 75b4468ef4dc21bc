import { setOfficeHoursSchema } from '@baxing/clocks';
import { defineCommand } from '@baxing/db';
import { ok } from '@baxing/kernel';
import { closeGaps } from './calendar-gaps.ts';
import { calendarsChanged } from './import-calendar.ts';

/** Office hours from a date on, until the next dated ones; the same date again replaces. Running clocks keep their due times. */
export const setOfficeHours = defineCommand({
  name: 'clocks.setOfficeHours',
  input: setOfficeHoursSchema,
  async run(ctx, { calendar, intervals, source, validFrom }) {
    const { tx } = ctx;
    await tx.deleteFrom('office_hours').where('calendar', '=', calendar).where('valid_from', '=', validFrom).execute();
    await tx
      .updateTable('office_hours')
      .set({ valid_to: validFrom })
      .where('calendar', '=', calendar)
      .where('valid_from', '<', validFrom)
      .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', validFrom)]))
      .execute();
    const next = await tx.selectFrom('office_hours').select('valid_from').where('calendar', '=', calendar).where('valid_from', '>', validFrom).orderBy('valid_from').limit(1).executeTakeFirst();
    const id = ctx.newId('ofh');
    await tx
      .insertInto('office_hours')
      .values({ id, calendar, intervals: JSON.stringify(intervals), source, valid_from: validFrom, valid_to: next?.valid_from ?? null })
      .execute();
    const gaps = await tx.selectFrom('calendar_gap').select('year').where('calendar', '=', calendar).where('missing', '=', 'office_hours').orderBy('year').execute();
    await closeGaps(
      ctx,
      gaps.map(({ year }) => ({ calendar, year, missing: 'office_hours' })),
    );
    ctx.record({ type: 'calendar.officeHoursSet', subject: 'calendar', subjectId: calendar, scope: {}, data: { calendar, intervals, source, validFrom } });
    await calendarsChanged(ctx);
    return ok({ id, calendar, validFrom });
  },
});
