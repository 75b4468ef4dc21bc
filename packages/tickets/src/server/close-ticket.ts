import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { closeSchema } from '../schemas.ts';
import { accessTicket } from './access.ts';
import { movedAnswer, type MovedTicket, saveMove } from './save.ts';

/** @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT */
export const closeTicket = defineCommand({
  name: 'tickets.close',
  input: closeSchema,
  async run(ctx, input): Promise<Result<MovedTicket>> {
    const access = await accessTicket(ctx, input, 'close');
    if (!access.ok) return access;
    const { ticket, transition } = access.value;
    const moved = await saveMove(ctx, ticket, transition, { set: { closed_at: ctx.at }, data: { note: input.note } });
    return moved.ok ? ok(movedAnswer(moved.value)) : moved;
  },
});
