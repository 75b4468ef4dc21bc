import { idSchema, instantSchema, textSchema, versionSchema } from '@baxing/kernel';
import { z } from 'zod';
import { TICKET_STATES } from './states.ts';

export const PHOTOS_MAX = 20;
export const BULK_MAX = 1000;
export const PAGE_MAX = 200;

export const PHOTO_STAGES = ['scene', 'before', 'after', 'near', 'far'] as const;
export type PhotoStage = (typeof PHOTO_STAGES)[number];

/** A photo that was uploaded before (`POST /files`). Positions are WGS84 degrees, `accuracy` metres, `takenAt` the device's clock in epoch ms. */
export const photoSchema = z.object({
  fileId: idSchema('fil'),
  stage: z.enum(PHOTO_STAGES),
  takenAt: instantSchema.optional(),
  longitude: z.number().min(-180).max(180).optional(),
  latitude: z.number().min(-90).max(90).optional(),
  accuracy: z.number().min(0).max(100_000).optional(),
});
export type PhotoInput = z.infer<typeof photoSchema>;

const photos = z.array(photoSchema).max(PHOTOS_MAX).default([]);
const target = { ticketId: idSchema('tkt'), version: versionSchema.optional() };
const reason = textSchema(500, 2);

export const TICKET_SOURCES = ['inspection', 'desk', 'hotline', 'video', 'superior'] as const;

export const reportSchema = z.object({
  categoryId: idSchema('cat').optional(),
  filingStandardId: idSchema('std').optional(),
  text: textSchema(2000).default(''),
  place: textSchema(200).default(''),
  longitude: z.number().min(-180).max(180),
  latitude: z.number().min(-90).max(90),
  /** Metres. */
  accuracy: z.number().min(0).max(100_000).optional(),
  source: z.enum(TICKET_SOURCES).default('inspection'),
  assignmentId: idSchema('asg').optional(),
  /** When it was seen, by the device's clock: evidence, moves no deadline. */
  occurredAt: instantSchema.optional(),
  // What shows the work done cannot have been taken before the work was given.
  photos: photos.refine((list) => list.every((photo) => photo.stage !== 'after'), { error: 'stage after' }),
});
export type ReportInput = z.infer<typeof reportSchema>;

export const dispatchSchema = z.object({ ...target, unitId: idSchema('unt').optional(), workerPostId: idSchema('pst').optional(), note: textSchema(500).default('') });
export const bulkDispatchSchema = z.object({
  tickets: z.array(z.object(target)).min(1).max(BULK_MAX),
  unitId: idSchema('unt').optional(),
  workerPostId: idSchema('pst').optional(),
  note: textSchema(500).default(''),
});
export const assignSchema = z.object({ ...target, workerPostId: idSchema('pst'), note: textSchema(500).default('') });
export const acceptSchema = z.object(target);
export const returnSchema = z.object({ ...target, reason });
export const submitSchema = z.object({ ...target, note: textSchema(1000).default(''), photos });
export const verifySchema = z.object({ ...target, note: textSchema(1000).default(''), photos });
export const reworkSchema = z.object({ ...target, reason, photos });
export const closeSchema = z.object({ ...target, note: textSchema(1000).default('') });

export const getSchema = z.object({ ticketId: idSchema('tkt') });

/** Which tickets: `unit` those of my unit, `worker` mine to do, `reported` mine reported, `check` waiting for a check, `visible` all I may see. */
export const TICKET_BOXES = ['visible', 'unit', 'worker', 'reported', 'check'] as const;
export const TICKET_SORTS = ['newest', 'oldest', 'due'] as const;

export const filterSchema = z.object({
  box: z.enum(TICKET_BOXES).optional(),
  unitId: idSchema('unt').optional(),
  workerPostId: idSchema('pst').optional(),
  gridId: idSchema('jur').optional(),
  streetId: idSchema('jur').optional(),
  districtId: idSchema('jur').optional(),
  categoryId: idSchema('cat').optional(),
  actionCode: z.string().max(40).optional(),
  taskId: idSchema('tsk').optional(),
  assignmentId: idSchema('asg').optional(),
  states: z.array(z.enum(TICKET_STATES)).max(TICKET_STATES.length).optional(),
  late: z.boolean().optional(),
  text: textSchema(50).optional(),
});
export type TicketFilter = z.infer<typeof filterSchema>;

export const listSchema = filterSchema.extend({
  sort: z.enum(TICKET_SORTS).default('newest'),
  limit: z.number().int().min(1).max(PAGE_MAX).default(50),
  /** From an earlier answer's `next` or `previous`. */
  cursor: z.string().max(200).optional(),
});
export type ListInput = z.infer<typeof listSchema>;

/** Tickets in a map window, WGS84 degrees. */
export const nearbySchema = z.object({ longitude: z.number().min(-180).max(180), latitude: z.number().min(-90).max(90), categoryId: idSchema('cat').optional() });

/** Duplicate hint (domain: similar case within 50 m and 24 h). */
export const DUPLICATE_METRES = 50;
export const DUPLICATE_MS = 24 * 3_600_000;
