import { UNIT_KINDS, type UnitKind } from '@baxing/jurisdictions';
import { CALENDAR_CODES, isLimit, TIME_UNITS } from '@baxing/clocks';
import { idSchema, instantSchema, QUANTITY_MAX, textSchema, versionSchema } from '@baxing/kernel';
import { z } from 'zod';
import { PLAN_COLUMNS, PLAN_ROWS_MAX, planCellSchema, planRowsSchema } from './plan/rows.ts';
import { SPLITS } from './split.ts';
import { ASSIGNMENT_STATES, TASK_STATES } from './states.ts';

/** Inputs of commands and queries, with their limits. `version` is optional and refuses CONFLICT when the row has another. */

export const WORKBOOK_BYTES_MAX = 5_000_000;
export const TARGETS_MAX = 200;
export const PAGE_MAX = 200;
const UNITS_PER_TASK_MAX = 50;

const version = versionSchema.optional();
const stepsSchema = z.number().int().min(0).max(QUANTITY_MAX);
const unitKindSchema = z.enum(UNIT_KINDS as [UnitKind, ...UnitKind[]]);
export const actionCodeSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/);

/** Limits that a campaign sets for all its assignments. */
export const campaignPolicySchema = z.object({
  /** How long an assignee may take to accept. */
  accept: z
    .object({ value: z.number(), unit: z.enum(TIME_UNITS), calendar: z.enum(CALENDAR_CODES) })
    .refine(({ value, unit }) => isLimit(value, unit), { path: ['value'], error: 'limit out of bounds for its unit' }),
  /** Civil days before the work's deadline at which it turns yellow. */
  warnDays: z.number().int().min(0).max(60),
});
export type CampaignPolicy = z.infer<typeof campaignPolicySchema>;
export const DEFAULT_CAMPAIGN_POLICY: CampaignPolicy = { accept: { value: 4, unit: 'work_hour', calendar: 'lhasa' }, warnDays: 2 };

const memberSchema = z.object({ duty: z.enum(['leader', 'deputy', 'member']), title: textSchema(60, 1), unitId: idSchema('unt').optional() });
const actionSchema = z.object({
  code: actionCodeSchema,
  name: textSchema(60, 1),
  placeholder: z.boolean().default(false),
  taskForceUnitId: idSchema('unt').optional(),
  planDocument: textSchema(200).default(''),
  planFileId: idSchema('fil').optional(),
  /** Posts by title; no personal names. */
  members: z.array(memberSchema).max(50).default([]),
});

export const createCampaignSchema = z
  .object({
    name: textSchema(80, 2),
    areaId: idSchema('jur'),
    startsAt: instantSchema,
    endsAt: instantSchema.optional(),
    phases: z
      .array(z.object({ name: textSchema(40, 1), startsAt: instantSchema, endsAt: instantSchema.optional() }))
      .max(20)
      .default([]),
    /** Absent: the eight of `data/actions.json`, with their task forces by name. */
    actions: z.array(actionSchema).min(1).max(30).optional(),
    policy: campaignPolicySchema.default(DEFAULT_CAMPAIGN_POLICY),
  })
  .refine(({ startsAt, endsAt }) => endsAt === undefined || endsAt > startsAt, { path: ['endsAt'], error: 'ends before it starts' })
  .refine(({ actions }) => !actions || new Set(actions.map(({ code }) => code)).size === actions.length, { path: ['actions'], error: 'a code twice' });

/** What the API takes for a preview; `preparePlanImport` makes the command's input of it. */
export const planUploadSchema = z.object({
  campaignId: idSchema('cmp'),
  fileName: textSchema(200, 1),
  contentBase64: z
    .string()
    .min(4)
    .max(Math.ceil(WORKBOOK_BYTES_MAX / 3) * 4),
});
export const importPreviewSchema = z.object({ campaignId: idSchema('cmp'), fileName: textSchema(200, 1), sha256: z.string().regex(/^[0-9a-f]{64}$/), rows: planRowsSchema });

const mendSchema = z
  .object({
    /** The plan's own number; where it is missing or repeated, `sheetRow`. */
    row: z.number().int().min(1).max(1_000_000).optional(),
    sheetRow: z.number().int().min(1).max(1_048_576).optional(),
    column: z.enum(PLAN_COLUMNS),
    /** Which name in the cell; may be left out when only one is open. */
    name: textSchema(80, 1).optional(),
    value: planCellSchema.optional(),
    unitId: idSchema('unt').optional(),
    choice: z.enum(['leave_open', 'create_unit']).optional(),
    /** For `create_unit`, where the name's ending does not tell it. */
    kind: unitKindSchema.optional(),
  })
  .refine(({ row, sheetRow }) => row !== undefined || sheetRow !== undefined, { path: ['row'], error: 'row or sheetRow' })
  .refine(({ value, unitId, choice }) => [value, unitId, choice].filter((way) => way !== undefined).length === 1, { path: ['value'], error: 'one of value, unitId, choice' });
export type MendInput = z.output<typeof mendSchema>;

export const importMendSchema = z.object({ importId: idSchema('imp'), version, mends: z.array(mendSchema).min(1).max(PLAN_ROWS_MAX) });
export const importCommitSchema = z.object({ importId: idSchema('imp'), version });
export const getImportSchema = z.object({ importId: idSchema('imp') });

export const publishSchema = z.object({ campaignId: idSchema('cmp'), version, dryRun: z.boolean().default(false) });

const taskUnitSchema = z
  .object({
    unitId: idSchema('unt').optional(),
    /** A group word (各街道办事处 …) or a name that the register does not know. */
    text: textSchema(80, 1).optional(),
  })
  .refine(({ unitId, text }) => (unitId === undefined) !== (text === undefined), { error: 'unitId or text' });

const taskFields = {
  what: textSchema(200, 1),
  how: textSchema(1000),
  /** In written units: 45 处, 38744.6 公斤. */
  target: z.number().min(0).max(QUANTITY_MAX).nullable(),
  measure: textSchema(20),
  acceptanceStandard: textSchema(1000),
  /** Epoch ms, the first instant that is late. */
  deadlineAt: instantSchema.nullable(),
  standing: z.boolean(),
  leadUnitId: idSchema('unt').nullable(),
  responsible: z.array(taskUnitSchema).max(UNITS_PER_TASK_MAX),
  cooperating: z.array(taskUnitSchema).max(UNITS_PER_TASK_MAX),
  postTitle: textSchema(60),
  note: textSchema(500),
  attachments: z.array(z.object({ fileId: idSchema('fil'), name: textSchema(120, 1) })).max(20),
};

export const createTaskSchema = z.object({
  campaignId: idSchema('cmp'),
  actionCode: actionCodeSchema,
  ...taskFields,
  how: taskFields.how.default(''),
  target: taskFields.target.default(null),
  measure: taskFields.measure.default(''),
  acceptanceStandard: taskFields.acceptanceStandard.default(''),
  deadlineAt: taskFields.deadlineAt.default(null),
  standing: taskFields.standing.default(false),
  leadUnitId: taskFields.leadUnitId.default(null),
  responsible: taskFields.responsible.default([]),
  cooperating: taskFields.cooperating.default([]),
  postTitle: taskFields.postTitle.default(''),
  note: taskFields.note.default(''),
  attachments: taskFields.attachments.default([]),
});
/** Only what is given changes. */
export const updateTaskSchema = z.object({ taskId: idSchema('tsk'), version, ...z.object(taskFields).partial().shape });

const targetSchema = z
  .object({ unitId: idSchema('unt').optional(), postId: idSchema('pst').optional(), targetSteps: stepsSchema.optional(), weight: z.number().positive().max(1_000_000).optional() })
  .refine(({ unitId, postId }) => (unitId === undefined) !== (postId === undefined), { error: 'unitId or postId' });
const distribution = {
  targets: z.array(targetSchema).max(TARGETS_MAX).default([]),
  split: z.enum(SPLITS).default('equal'),
  /** What is split; absent: all that is not allotted yet. Steps of the task's measure (公斤 → grams). */
  totalSteps: stepsSchema.optional(),
  deadlineAt: instantSchema.optional(),
  note: textSchema(500).default(''),
};
export const assignTaskSchema = z
  .object({
    taskId: idSchema('tsk'),
    version,
    ...distribution,
    /** Every unit of a kind within a place, in one go; who already holds the task is passed over. */
    group: z.object({ unitKind: unitKindSchema, withinAreaId: idSchema('jur') }).optional(),
  })
  .refine(({ targets, group }) => targets.length > 0 || group !== undefined, { path: ['targets'], error: 'nobody' });

const held = { assignmentId: idSchema('asg'), version };
const reason = textSchema(500, 2);
export const reassignSchema = z.object({ ...held, ...distribution, targets: z.array(targetSchema).min(1).max(TARGETS_MAX) });
export const acceptAssignmentSchema = z.object(held);
export const returnAssignmentSchema = z.object({ ...held, reason });
export const reportAssignmentSchema = z.object({
  ...held,
  /** What was done since the last report, in written units; negative corrects an earlier number and needs a note. */
  value: z.number().min(-QUANTITY_MAX).max(QUANTITY_MAX),
  note: textSchema(1000).default(''),
  /** Photos uploaded before by the same account. */
  fileIds: z.array(idSchema('fil')).max(20).default([]),
});
export const submitAssignmentSchema = z.object({ ...held, note: textSchema(1000).default('') });
export const verifyAssignmentSchema = z.object({
  ...held,
  /** All steps accepted so far; absent: everything reported. The rest is sent back and needs a note. */
  acceptedSteps: stepsSchema.optional(),
  note: textSchema(1000).default(''),
});
export const reworkAssignmentSchema = z.object({ ...held, reason });

const cursor = z.string().max(100).optional();
const limit = z.number().int().min(1).max(PAGE_MAX).default(50);
export const listCampaignsSchema = z.object({ limit, cursor });
export const getCampaignSchema = z.object({ campaignId: idSchema('cmp') });
export const coverageSchema = z.object({ campaignId: idSchema('cmp'), actionCode: actionCodeSchema.optional() });
export const progressSchema = z.object({ campaignId: idSchema('cmp') });
export const listTasksSchema = z.object({
  campaignId: idSchema('cmp'),
  actionCode: actionCodeSchema.optional(),
  states: z.array(z.enum(TASK_STATES)).max(TASK_STATES.length).optional(),
  unitId: idSchema('unt').optional(),
  limit,
  cursor,
});
export const getTaskSchema = z.object({ taskId: idSchema('tsk') });
export const listAssignmentsSchema = z.object({
  campaignId: idSchema('cmp').optional(),
  taskId: idSchema('tsk').optional(),
  actionCode: actionCodeSchema.optional(),
  unitId: idSchema('unt').optional(),
  states: z.array(z.enum(ASSIGNMENT_STATES)).max(ASSIGNMENT_STATES.length).optional(),
  late: z.boolean().optional(),
  limit,
  cursor,
});
export const getAssignmentSchema = z.object({ assignmentId: idSchema('asg') });

export type CreateCampaignInput = z.output<typeof createCampaignSchema>;
export type CreateTaskInput = z.output<typeof createTaskSchema>;
export type UpdateTaskInput = z.output<typeof updateTaskSchema>;
export type AssignTaskInput = z.output<typeof assignTaskSchema>;
export type ReassignInput = z.output<typeof reassignSchema>;
export type ListTasksInput = z.output<typeof listTasksSchema>;
export type ListAssignmentsInput = z.output<typeof listAssignmentsSchema>;
