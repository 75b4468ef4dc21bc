import type { Projection } from '@baxing/db';
import { countTickets } from './counters.ts';
import { followAcceptClock } from './follow-time.ts';

/** Tickets and clocks speak to campaigns by events; both are heard in the transaction that made them. */
export const campaignProjection: Projection = async (ctx, event) => {
  await followAcceptClock(ctx, event);
  await countTickets(ctx, event);
};
