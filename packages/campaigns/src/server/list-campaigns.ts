import type { Database } from '@baxing/db';
import { scopeFor } from '@baxing/identity/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import type { z } from 'zod';
import type { listCampaignsSchema } from '../schemas.ts';

export interface CampaignSummary {
  readonly campaignId: string;
  readonly name: string;
  readonly areaId: string;
  readonly state: string;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly publishedAt: number | null;
  readonly version: number;
}

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
    rows: page.map((row) => ({
      campaignId: row.id,
      name: row.name,
      areaId: row.area_id,
      state: row.state,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      publishedAt: row.published_at,
      version: row.version,
    })),
    next: rows.length > input.limit ? page.at(-1)!.id : null,
  });
}
