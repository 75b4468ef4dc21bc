import { computeInputSchema, listCalendarsSchema } from '@baxing/clocks';
import { calendarCache, computeClock, listCalendars } from '@baxing/clocks/server';
import { ok } from '@baxing/kernel';
import { query, router } from '../trpc.ts';

export const clocks = router({
  compute: query(computeInputSchema, ({ services }, input) => ok(computeClock(services.db.caches.get(calendarCache), input))),
});

export const calendars = router({
  list: query(listCalendarsSchema, async ({ services, actor }, input) => ok(await listCalendars(services.db.read, actor, input))),
});
