import { defineCommand } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Result, ok } from '@baxing/kernel';
import { importPreviewSchema } from '../schemas.ts';
import { accessCampaign } from './access.ts';
import { examineImport, IMPORT_STATES, importView, type PlanImportView } from './plan-import.ts';

/**
 * Stores a prepared plan beside the campaign and names everything that is wrong with it; no task is touched.
 * The same file again opens what was made of it before, mends included.
 * @refuses NOT_FOUND, FORBIDDEN
 */
export const previewImport = defineCommand({
  name: 'campaigns.importPreview',
  input: importPreviewSchema,
  async run(ctx, input): Promise<Result<PlanImportView>> {
    const campaign = await accessCampaign(ctx, input, 'campaigns.importPreview');
    if (!campaign.ok) return campaign;
    const made = await ctx.tx
      .insertInto('plan_import')
      .values({
        id: ctx.newId('imp'),
        campaign_id: input.campaignId,
        file_name: input.fileName,
        sha256: input.sha256,
        state: IMPORT_STATES.open,
        rows: JSON.stringify(input.rows),
        mends: '[]',
        created_by: ctx.actor.postId,
        created_at: ctx.at,
        committed_at: null,
        version: 1,
      })
      .onConflict((c) => c.columns(['campaign_id', 'sha256']).doNothing())
      .returningAll()
      .executeTakeFirst();
    const plan = made ?? (await ctx.tx.selectFrom('plan_import').selectAll().where('campaign_id', '=', input.campaignId).where('sha256', '=', input.sha256).executeTakeFirstOrThrow());
    const examined = await examineImport(ctx.tx, ctx.cached(placeCache), ctx.at, campaign.value, plan);
    if (made)
      ctx.record({
        type: 'planImport.previewed',
        subject: 'planImport',
        subjectId: plan.id,
        scope: {},
        data: { campaignId: input.campaignId, fileName: input.fileName, sha256: input.sha256, rows: input.rows.length, findings: examined.errors + examined.warnings },
      });
    return ok(importView(plan, examined));
  },
});
