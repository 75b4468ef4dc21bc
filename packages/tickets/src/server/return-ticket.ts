import { stopClock } from '@baxing/clocks/server';
import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { returnSchema } from '../schemas.ts';
import { accessTicket } from './access.ts';
import { HANDLE_CLOCK } from './deadline.ts';
import { movedAnswer, type MovedTicket, saveMove } from './save.ts';

/** Back to the dispatcher, who routes it anew; the handling clock ends and starts again with the next dispatch. @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT */
export const returnTicket = defineCommand({
  name: 'tickets.return',
  input: returnSchema,
  async run(ctx, input): Promise<Result<MovedTicket>> {
    const access = await accessTicket(ctx, input, 'return');
    if (!access.ok) return access;
    const { ticket, transition } = access.value;
    const clock = await stopClock(ctx, ticket.id, HANDLE_CLOCK, { at: ctx.at });
    const moved = await saveMove(ctx, ticket, transition, {
      set: { worker_post_id: null, accepted_at: null, due_at: null, clock_state: 'none', warned: 0, late: clock?.late ? 1 : ticket.late },
      data: { reason: input.reason, returnedBy: ticket.unit_id },
    });
    return moved.ok ? ok(movedAnswer(moved.value)) : moved;
  },
});
