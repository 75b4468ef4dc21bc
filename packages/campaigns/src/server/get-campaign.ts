import type { Database } from '@baxing/db';
import { scopeFor } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type May, type Result, ok } from '@baxing/kernel';
import type { CampaignPolicy } from '../schemas.ts';
import { findCampaign } from './access.ts';
import { policyOf } from './time-limits.ts';
import { type CampaignSummary, campaignSummary, type UnitName, unitName } from './views.ts';

const CAMPAIGN_VERBS = ['importPreview', 'importMend', 'importCommit', 'publish', 'coverage', 'progress'] as const;

export interface CampaignView extends CampaignSummary {
  readonly policy: CampaignPolicy;
  readonly phases: readonly { readonly name: string; readonly startsAt: number; readonly endsAt: number | null }[];
  readonly actions: readonly {
    readonly actionId: string;
    readonly code: string;
    readonly name: string;
    readonly placeholder: boolean;
    readonly taskForce: UnitName | null;
    readonly planDocument: string;
    readonly planFileId: string | null;
    readonly members: readonly { readonly duty: string; readonly title: string; readonly unit: UnitName | null }[];
  }[];
  /** Plans uploaded so far, newest first; only for who may import. */
  readonly imports: readonly {
    readonly importId: string;
    readonly fileName: string;
    readonly state: string;
    readonly createdAt: number;
    readonly committedAt: number | null;
    readonly version: number;
  }[];
  readonly may: May<(typeof CAMPAIGN_VERBS)[number]>;
}

const IMPORTS_SHOWN = 20;

/** @refuses NOT_FOUND */
export async function getCampaign(db: Database, actor: Actor, input: { campaignId: string }): Promise<Result<CampaignView>> {
  const found = await findCampaign(db, actor, input.campaignId);
  if (!found.ok) return found;
  const row = found.value;
  const places = db.caches.get(placeCache);
  const phases = await db.read.selectFrom('campaign_phase').selectAll().where('campaign_id', '=', row.id).orderBy('ordinal').execute();
  const actions = await db.read.selectFrom('action').selectAll().where('campaign_id', '=', row.id).orderBy('ordinal').execute();
  const members = await db.read
    .selectFrom('task_force_member')
    .innerJoin('action', 'action.id', 'task_force_member.action_id')
    .selectAll('task_force_member')
    .where('action.campaign_id', '=', row.id)
    .orderBy('task_force_member.ordinal')
    .execute();
  const importing = scopeFor(db, actor, 'campaigns.importPreview') !== null;
  const imports = importing
    ? await db.read
        .selectFrom('plan_import')
        .select(['id', 'file_name', 'state', 'created_at', 'committed_at', 'version'])
        .where('campaign_id', '=', row.id)
        .orderBy('id', 'desc')
        .limit(IMPORTS_SHOWN)
        .execute()
    : [];
  return ok({
    ...campaignSummary(row),
    policy: policyOf(row),
    phases: phases.map((phase) => ({ name: phase.name, startsAt: phase.starts_at, endsAt: phase.ends_at })),
    actions: actions.map((action) => ({
      actionId: action.id,
      code: action.code,
      name: action.name,
      placeholder: action.placeholder === 1,
      taskForce: action.task_force_unit_id === null ? null : unitName(places, action.task_force_unit_id),
      planDocument: action.plan_document,
      planFileId: action.plan_file_id,
      members: members
        .filter((member) => member.action_id === action.id)
        .map((member) => ({ duty: member.duty, title: member.title, unit: member.unit_id === null ? null : unitName(places, member.unit_id) })),
    })),
    imports: imports.map((plan) => ({ importId: plan.id, fileName: plan.file_name, state: plan.state, createdAt: plan.created_at, committedAt: plan.committed_at, version: plan.version })),
    may: Object.fromEntries(
      CAMPAIGN_VERBS.map((verb) => [verb, scopeFor(db, actor, `campaigns.${verb}`) === null ? { code: 'FORBIDDEN' as const, details: { verb: `campaigns.${verb}` } } : true]),
    ) as CampaignView['may'],
  });
}
