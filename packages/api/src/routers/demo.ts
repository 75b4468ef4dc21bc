import { execute } from '@baxing/db';
import { ok, RefusalError } from '@baxing/kernel';
import { z } from 'zod';
import { commandCall, permitted, router, unwrap, withCommandId } from '../trpc.ts';

/** A month at a time: the demonstration's calendar is known that far. */
const MINUTES_MAX = 60 * 24 * 31;

const advanceInput = z.object({ minutes: z.number().int().min(1).max(MINUTES_MAX) });

export const demo = router({
  /** Moves the demonstration's clock on. @refuses NOT_IN_DEMO outside the demonstration */
  advance: permitted.input(withCommandId(advanceInput)).mutation(async ({ ctx, input }) => {
    const { services } = ctx;
    const clock = services.demo;
    if (!clock) throw new RefusalError('NOT_IN_DEMO');
    unwrap(
      await execute(
        services.db,
        {
          name: 'demo.advance',
          run: async (command, { minutes }: z.infer<typeof advanceInput>) => {
            await clock.advance(command.tx, minutes);
            command.record({ type: 'demo.advanced', subject: 'demo', subjectId: 'demo', scope: {}, data: { minutes } });
            return ok(null);
          },
        },
        commandCall(ctx, input.commandId),
        input.body,
      ),
    );
    return { now: await clock.refresh() };
  }),
});
