import { stopClock } from '@baxing/clocks/server';
import { defineCommand } from '@baxing/db';
import { type Result, ok } from '@baxing/kernel';
import { submitSchema } from '../schemas.ts';
import { accessTicket, checkEvidence } from './access.ts';
import { HANDLE_CLOCK } from './deadline.ts';
import { addHandler, addPhotos, movedAnswer, type MovedTicket, saveMove } from './save.ts';

/**
 * Work done, with at least one photo before and one after; the handling clock stops.
 * @refuses NOT_FOUND, FORBIDDEN, WRONG_STATE, CONFLICT, EVIDENCE_MISSING {stages}
 */
export const submitTicket = defineCommand({
  name: 'tickets.submit',
  input: submitSchema,
  async run(ctx, input): Promise<Result<MovedTicket>> {
    const access = await accessTicket(ctx, input, 'submit');
    if (!access.ok) return access;
    const { ticket, transition } = access.value;
    const photos = await addPhotos(ctx, ticket.id, ticket.rework_count, input.photos);
    if (!photos.ok) return photos;
    const evidence = await checkEvidence(ctx, ticket, 'submit');
    if (!evidence.ok) return evidence;
    await addHandler(ctx, ticket.id, ctx.actor);
    const clock = await stopClock(ctx, ticket.id, HANDLE_CLOCK, { at: ctx.at });
    const moved = await saveMove(ctx, ticket, transition, { set: { submitted_at: ctx.at, clock_state: 'stopped', late: clock?.late ? 1 : ticket.late }, data: { note: input.note, photos: input.photos.length } });
    return moved.ok ? ok(movedAnswer(moved.value)) : moved;
  },
});
