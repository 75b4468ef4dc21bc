import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { verifySchema } from '../schemas.ts';
import { accessTicket } from './access.ts';
import { addPhotos, movedAnswer, type MovedTicket, saveMove } from './save.ts';

/** @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, SEPARATION {rule}, CONFLICT */
export const verifyTicket = defineCommand({
  name: 'tickets.verify',
  input: verifySchema,
  async run(ctx, input): Promise<Result<MovedTicket>> {
    const access = await accessTicket(ctx, input, 'verify');
    if (!access.ok) return access;
    const { ticket, transition } = access.value;
    const photos = await addPhotos(ctx, ticket.id, ticket.rework_count, input.photos);
    if (!photos.ok) return photos;
    const moved = await saveMove(ctx, ticket, transition, { set: { verified_at: ctx.at }, data: { note: input.note, photos: input.photos.length } });
    return moved.ok ? ok(movedAnswer(moved.value)) : moved;
  },
});
