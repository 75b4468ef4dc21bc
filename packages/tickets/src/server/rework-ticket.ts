import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { reworkSchema } from '../schemas.ts';
import { accessTicket } from './access.ts';
import { resumeHandling } from './deadline.ts';
import { addPhotos, movedAnswer, type MovedTicket, saveMove } from './save.ts';

/** Sends the work back to the same worker with what is missing; evidence is kept, the clock goes on with the time that was left. @refuses as verify */
export const reworkTicket = defineCommand({
  name: 'tickets.rework',
  input: reworkSchema,
  async run(ctx, input): Promise<Result<MovedTicket>> {
    const access = await accessTicket(ctx, input, 'rework');
    if (!access.ok) return access;
    const { ticket, transition } = access.value;
    const photos = await addPhotos(ctx, ticket.id, ticket.rework_count, input.photos);
    if (!photos.ok) return photos;
    const clock = await resumeHandling(ctx, ticket);
    const moved = await saveMove(ctx, ticket, transition, {
      set: { rework_count: ticket.rework_count + 1, submitted_at: null, verified_at: null, due_at: clock.dueAt, clock_state: clock.state },
      data: { reason: input.reason, dueAt: clock.dueAt, photos: input.photos.length },
    });
    return moved.ok ? ok(movedAnswer(moved.value)) : moved;
  },
});
