import { readFileSync } from 'node:fs';
import { defineCommand } from '@baxing/db';
import { authorise } from '@baxing/identity/server';
import { type PlaceIndex, placeCache } from '@baxing/jurisdictions/server';
import { type Result, ok, refuse } from '@baxing/kernel';
import { type CreateCampaignInput, createCampaignSchema } from '../schemas.ts';

type ActionInput = NonNullable<CreateCampaignInput['actions']>[number];

const SEED = JSON.parse(readFileSync(new URL('../../data/actions.json', import.meta.url), 'utf8')) as { code: string; name: string; taskForce: string; planDocument: string; placeholder?: boolean }[];

/** The eight as packaged: each with its task force, found by name, and the posts that lead it (no names of persons). */
function packagedActions(places: PlaceIndex, at: number): ActionInput[] {
  return SEED.map(({ code, name, taskForce, planDocument, placeholder = false }) => {
    const unit = places.findUnits(taskForce, at)[0];
    return {
      code,
      name,
      placeholder,
      planDocument,
      ...(unit ? { taskForceUnitId: unit.id } : {}),
      members: [{ duty: 'leader', title: '组长' }, { duty: 'deputy', title: '副组长' }, ...(unit ? [{ duty: 'member' as const, title: '工作岗', unitId: unit.id }] : [])],
    };
  });
}

/** @refuses FORBIDDEN; VALIDATION {field: areaId | actions, unitId} */
export const createCampaign = defineCommand({
  name: 'campaigns.create',
  input: createCampaignSchema,
  async run(ctx, input): Promise<Result<{ campaignId: string; version: number }>> {
    authorise(ctx, 'campaigns.create');
    const places = ctx.cached(placeCache);
    if (!places.jurisdiction(input.areaId, ctx.at)) return refuse('VALIDATION', { field: 'areaId' });
    const actions = input.actions ?? packagedActions(places, ctx.at);
    const unknown = actions.flatMap((action) => [action.taskForceUnitId, ...action.members.map((member) => member.unitId)]).find((unitId) => unitId !== undefined && !places.unit(unitId, ctx.at));
    if (unknown !== undefined) return refuse('VALIDATION', { field: 'actions', unitId: unknown });
    const campaignId = ctx.newId('cmp');
    await ctx.tx
      .insertInto('campaign')
      .values({
        id: campaignId,
        name: input.name,
        area_id: input.areaId,
        state: 'draft',
        starts_at: input.startsAt,
        ends_at: input.endsAt ?? null,
        published_at: null,
        policy: JSON.stringify(input.policy),
        version: 1,
        created_at: ctx.at,
      })
      .execute();
    if (input.phases.length > 0)
      await ctx.tx
        .insertInto('campaign_phase')
        .values(input.phases.map((phase, ordinal) => ({ id: ctx.newId('cph'), campaign_id: campaignId, name: phase.name, ordinal, starts_at: phase.startsAt, ends_at: phase.endsAt ?? null })))
        .execute();
    for (const [ordinal, action] of actions.entries()) {
      const actionId = ctx.newId('act');
      await ctx.tx
        .insertInto('action')
        .values({
          id: actionId,
          campaign_id: campaignId,
          code: action.code,
          name: action.name,
          placeholder: action.placeholder ? 1 : 0,
          task_force_unit_id: action.taskForceUnitId ?? null,
          plan_document: action.planDocument,
          plan_file_id: action.planFileId ?? null,
          ordinal,
          valid_from: input.startsAt,
          valid_to: input.endsAt ?? null,
        })
        .execute();
      if (action.members.length > 0)
        await ctx.tx
          .insertInto('task_force_member')
          .values(action.members.map((member, i) => ({ id: ctx.newId('tfm'), action_id: actionId, duty: member.duty, title: member.title, unit_id: member.unitId ?? null, ordinal: i })))
          .execute();
    }
    ctx.record({
      type: 'campaign.created',
      subject: 'campaign',
      subjectId: campaignId,
      scope: { areaPath: places.pathOf(input.areaId) },
      data: { name: input.name, actions: actions.map(({ code }) => code) },
    });
    return ok({ campaignId, version: 1 });
  },
});
