import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { acceptSchema } from '../schemas.ts';
import { accessTicket } from './access.ts';
import { addHandler, movedAnswer, type MovedTicket, saveMove } from './save.ts';

/** @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT */
export const acceptTicket = defineCommand({
  name: 'tickets.accept',
  input: acceptSchema,
  async run(ctx, input): Promise<Result<MovedTicket>> {
    const access = await accessTicket(ctx, input, 'accept');
    if (!access.ok) return access;
    const { ticket, transition } = access.value;
    await addHandler(ctx, ticket.id, ctx.actor);
    const moved = await saveMove(ctx, ticket, transition, { set: { accepted_at: ctx.at } });
    return moved.ok ? ok(movedAnswer(moved.value)) : moved;
  },
});
