import type { Database } from '@baxing/db';
import { idSchema, instantSchema } from '@baxing/kernel';
import { z } from 'zod';

export const listEventsSchema = z.object({
  subjectId: z.string().max(64).optional(),
  accountId: idSchema('acc').optional(),
  type: z
    .string()
    .regex(/^[A-Za-z.]{1,60}$/)
    .optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  /** Newest first: events before this id. */
  before: z.number().int().positive().optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

export type ListEventsInput = z.infer<typeof listEventsSchema>;

/** The log as it was written; only the audit administrator's policy reaches it. */
export async function listEvents(db: Database, input: ListEventsInput) {
  let query = db.read
    .selectFrom('event')
    .leftJoin('account', 'account.id', 'event.account_id')
    .leftJoin('post', 'post.id', 'event.post_id')
    .leftJoin('unit', 'unit.id', 'event.unit_id')
    .select(['event.id', 'event.type', 'event.subject', 'event.subject_id', 'event.at', 'event.account_id', 'event.command_id', 'event.request_id', 'event.origin', 'event.data', 'account.user_name', 'post.title', 'unit.short_name'])
    .orderBy('event.id', 'desc')
    .limit(input.limit + 1);
  if (input.subjectId !== undefined) query = query.where('event.subject_id', '=', input.subjectId);
  if (input.accountId !== undefined) query = query.where('event.account_id', '=', input.accountId);
  if (input.type !== undefined) query = query.where('event.type', '=', input.type);
  if (input.from !== undefined) query = query.where('event.at', '>=', input.from);
  if (input.to !== undefined) query = query.where('event.at', '<', input.to);
  if (input.before !== undefined) query = query.where('event.id', '<', input.before);
  const rows = await query.execute();
  const page = rows.slice(0, input.limit);
  return {
    entries: page.map((row) => ({
      id: row.id,
      type: row.type,
      subject: row.subject,
      subjectId: row.subject_id,
      at: row.at,
      userName: row.user_name ?? row.account_id,
      postTitle: row.title ?? '',
      unitName: row.short_name ?? '',
      commandId: row.command_id,
      requestId: row.request_id,
      origin: row.origin,
      data: JSON.parse(row.data) as Record<string, unknown>,
    })),
    next: rows.length > input.limit ? page.at(-1)!.id : null,
  };
}

export type EventPage = Awaited<ReturnType<typeof listEvents>>;

/** By subject, by account, or simply the newest: an index gives these. A type or a span of time may read far. */
export const isIndexedLog = ({ type, from, to }: ListEventsInput): boolean => type === undefined && from === undefined && to === undefined;
