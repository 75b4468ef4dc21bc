import { type CommandContext, defineCommand, type Schema } from '@baxing/db';
import { scopeOf } from '@baxing/identity';
import { authorise, policyCache } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { cellOf, type Result, ok, refuse } from '@baxing/kernel';
import type { Insertable } from 'kysely';
import { ticketNumber } from '../decide.ts';
import { type ReportInput, reportSchema } from '../schemas.ts';
import type { TicketRow } from './access.ts';
import { categoryCache } from './categories/index.ts';
import { addPhotos, recordMove } from './save.ts';
import { indexText, searchable } from './search-text.ts';
import { type SimilarTicket, similarTickets } from './similar-tickets.ts';

/** Category when the reporter names none and nothing was reported in his grid before: 暴露生活垃圾, the plan's most common find. */
const DEFAULT_CATEGORY = { class: '事件', major: '01', minor: '10' } as const;

export interface ReportedTicket {
  readonly ticketId: string;
  readonly no: string;
  readonly state: TicketRow['state'];
  readonly version: number;
  readonly categoryId: string;
  readonly filingStandardId: string;
  readonly gridId: string | null;
  readonly streetId: string | null;
  /** The unit that answers for the place; proposed for dispatch. */
  readonly territorialUnitId: string | null;
  readonly similar: readonly SimilarTicket[];
}

/**
 * Files a ticket: place → grid and unit, category and filing standard, photos; it waits for dispatch.
 * @refuses OUTSIDE_AREA the place is not in the city; VALIDATION {field: categoryId | filingStandardId | assignmentId}; NOT_FOUND a photo that this account did not upload
 */
export const reportTicket = defineCommand({
  name: 'tickets.report',
  input: reportSchema,
  async run(ctx, input): Promise<Result<ReportedTicket>> {
    authorise(ctx, 'tickets.report');
    const places = ctx.cached(placeCache);
    const located = places.locate(input.longitude, input.latitude, ctx.at);
    if (!located) return refuse('OUTSIDE_AREA', { longitude: input.longitude, latitude: input.latitude });
    const ids = Object.fromEntries(located.chain.map((link) => [link.kind, link.id]));
    const standard = await chooseStandard(ctx, input, ids['grid'] ?? null);
    if (!standard.ok) return standard;
    const assignment = await findAssignment(ctx, input.assignmentId);
    if (!assignment.ok) return assignment;
    const values: Insertable<Schema['ticket']> = {
      id: ctx.newId('tkt'),
      state: 'pending_dispatch',
      source: input.source,
      category_id: standard.value.categoryId,
      filing_standard_id: standard.value.standardId,
      text: input.text,
      place: input.place,
      longitude: input.longitude,
      latitude: input.latitude,
      cell: cellOf([input.longitude, input.latitude]),
      accuracy_m: input.accuracy ?? null,
      grid_id: ids['grid'] ?? null,
      community_id: ids['community'] ?? null,
      street_id: ids['street'] ?? null,
      district_id: ids['district'] ?? null,
      zone_id: located.zone?.id ?? null,
      area_path: places.pathOf(located.chain.at(-1)!.id),
      ...assignment.value,
      unit_id: null,
      worker_post_id: null,
      reported_by_post: ctx.actor.postId,
      reported_by_unit: ctx.actor.unitId,
      reported_at: ctx.at,
      occurred_at: input.occurredAt ?? null,
      dispatched_at: null,
      accepted_at: null,
      submitted_at: null,
      verified_at: null,
      closed_at: null,
      due_at: null,
      clock_state: 'none',
      warned: 0,
      late: 0,
      rework_count: 0,
      updated_at: ctx.at,
      version: 1,
    };
    const { row } = await ctx.tx.insertInto('ticket').values(values).returning('row').executeTakeFirstOrThrow();
    const ticket = { ...values, row } as TicketRow;
    const photos = await addPhotos(ctx, ticket.id, 0, input.photos);
    if (!photos.ok) return photos;
    await indexText(ctx, [{ row, text: searchable(ticket) }]);
    recordMove(ctx, null, ticket, 'reported', { categoryId: ticket.category_id, filingStandardId: ticket.filing_standard_id, source: ticket.source, photos: input.photos.length, occurredAt: ticket.occurred_at });
    const sight = scopeOf(ctx.cached(policyCache).table, ctx.actor, 'tickets.get');
    return ok({
      ticketId: ticket.id,
      no: ticketNumber(ticket.reported_at, row),
      state: ticket.state,
      version: ticket.version,
      categoryId: ticket.category_id,
      filingStandardId: ticket.filing_standard_id,
      gridId: ticket.grid_id,
      streetId: ticket.street_id,
      territorialUnitId: located.territorialUnit?.id ?? null,
      similar: await similarTickets(ctx.tx, ctx.actor, sight, { longitude: input.longitude, latitude: input.latitude, at: ctx.at, categoryId: ticket.category_id, except: ticket.id }),
    });
  },
});

async function chooseStandard(ctx: CommandContext, input: ReportInput, gridId: string | null): Promise<Result<{ categoryId: string; standardId: string }>> {
  const categories = ctx.cached(categoryCache);
  if (input.filingStandardId !== undefined) {
    const standard = categories.standard(input.filingStandardId);
    const usable = standard?.valid_to === null && categories.category(standard.category_id)?.active === 1;
    if (!standard || !usable || (input.categoryId !== undefined && standard.category_id !== input.categoryId)) return refuse('VALIDATION', { field: 'filingStandardId' });
    return ok({ categoryId: standard.category_id, standardId: standard.id });
  }
  let categoryId: string | undefined = input.categoryId;
  if (categoryId === undefined && gridId !== null) {
    const last = await ctx.tx.selectFrom('ticket').select('category_id').where('grid_id', '=', gridId).orderBy('row', 'desc').limit(1).executeTakeFirst();
    if (last && categories.category(last.category_id)?.active === 1) categoryId = last.category_id;
  }
  categoryId ??= categories.active(ctx.at).find((c) => c.class === DEFAULT_CATEGORY.class && c.major_code === DEFAULT_CATEGORY.major && c.minor_code === DEFAULT_CATEGORY.minor)?.id;
  const standard = categoryId === undefined ? undefined : categories.standardsOf(categoryId)[0];
  if (categoryId === undefined || !standard || categories.category(categoryId)?.active !== 1) return refuse('VALIDATION', { field: 'categoryId' });
  return ok({ categoryId, standardId: standard.id });
}

type AssignmentLink = Pick<Insertable<Schema['ticket']>, 'campaign_id' | 'action_code' | 'task_id' | 'assignment_id'>;

/** A ticket under an assignment counts for its task; only the unit that holds the assignment may make one. */
async function findAssignment(ctx: CommandContext, assignmentId: string | undefined): Promise<Result<AssignmentLink>> {
  if (assignmentId === undefined) return ok({ campaign_id: null, action_code: null, task_id: null, assignment_id: null });
  const row = await ctx.tx.selectFrom('assignment').select(['campaign_id', 'action_code', 'task_id', 'unit_id']).where('id', '=', assignmentId).executeTakeFirst();
  if (!row || row.unit_id !== ctx.actor.unitId) return refuse('NOT_FOUND', { assignmentId });
  return ok({ campaign_id: row.campaign_id, action_code: row.action_code, task_id: row.task_id, assignment_id: assignmentId });
}
