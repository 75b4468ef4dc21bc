import type { Database } from '@baxing/db';
import { scopeFor } from '@baxing/identity/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import type { z } from 'zod';
import type { listCampaignsSchema } from '../schemas.ts';
import { type CampaignSummary, campaignSummary } from './views.ts';

/** Newest first. @refuses FORBIDDEN */
export async function listCampaigns(db: Database, actor: Actor, input: z.output<typeof listCampaignsSchema>): Promise<Result<{ rows: CampaignSummary[]; next: string | null }>> {
  if (scopeFor(db, actor, 'campaigns.list') === null) return refuse('FORBIDDEN', { verb: 'campaigns.list' });
  let query = db.read
    .selectFrom('campaign')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(input.limit + 1);
  if (input.cursor !== undefined) query = query.where('id', '<', input.cursor);
  const rows = await query.execute();
  const page = rows.slice(0, input.limit);
  return ok({
    rows: page.map(campaignSummary),
    next: rows.length > input.limit ? page.at(-1)!.id : null,
  });
}
