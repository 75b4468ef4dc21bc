import {
  coverageSchema,
  getAssignmentSchema,
  getCampaignSchema,
  getImportSchema,
  getTaskSchema,
  listAssignmentsSchema,
  listCampaignsSchema,
  listTasksSchema,
  planUploadSchema,
  progressSchema,
} from '@baxing/campaigns';
import {
  acceptAssignment,
  assignTask,
  campaignProgress,
  commitImport,
  type Coverage,
  createCampaign,
  createTask,
  getAssignment,
  getCampaign,
  getPlanImport,
  getTask,
  listAssignments,
  listCampaigns,
  listTasks,
  mendImport,
  preparePlanImport,
  previewImport,
  publishCampaign,
  reassignAssignment,
  reportProgress,
  returnAssignment,
  reworkAssignment,
  submitAssignment,
  updateTask,
  verifyAssignment,
} from '@baxing/campaigns/server';
import { execute } from '@baxing/db';
import { ok } from '@baxing/kernel';
import { commandCall, mutation, permitted, query, router, unwrap, withCommandId } from '../trpc.ts';

export const campaigns = router({
  list: query(listCampaignsSchema, ({ services, actor }, input) => listCampaigns(services.db, actor, input)),
  get: query(getCampaignSchema, ({ services, actor }, input) => getCampaign(services.db, actor, input)),
  create: mutation(createCampaign),
  // The workbook is parsed in a thread before the command; its receipt remembers the rows, not the file.
  importPreview: permitted.input(withCommandId(planUploadSchema)).mutation(async ({ ctx, input }) => {
    const { campaignId, fileName, contentBase64 } = input.body;
    const { sha256, rows } = unwrap(await preparePlanImport({ base64: contentBase64 }));
    return unwrap(await execute(ctx.services.db, previewImport, commandCall(ctx, input.commandId), previewImport.input.parse({ campaignId, fileName, sha256, rows })));
  }),
  getImport: query(getImportSchema, ({ services, actor }, input) => getPlanImport(services.db, actor, input, services.now())),
  importMend: mutation(mendImport),
  importCommit: mutation(commitImport),
  coverage: query(coverageSchema, async ({ services, actor }, input) => ok(await services.heavy.run<Coverage>('campaigns.coverage', { actor, input, at: services.now() }))),
  publish: mutation(publishCampaign),
  progress: query(progressSchema, ({ services, actor }, input) => campaignProgress(services.db, actor, input, services.now())),
});

export const tasks = router({
  list: query(listTasksSchema, ({ services, actor }, input) => listTasks(services.db, actor, input, services.now())),
  get: query(getTaskSchema, ({ services, actor }, input) => getTask(services.db, actor, input, services.now())),
  create: mutation(createTask),
  update: mutation(updateTask),
  assign: mutation(assignTask),
});

export const assignments = router({
  list: query(listAssignmentsSchema, ({ services, actor }, input) => listAssignments(services.db, actor, input)),
  get: query(getAssignmentSchema, ({ services, actor }, input) => getAssignment(services.db, actor, input)),
  accept: mutation(acceptAssignment),
  return: mutation(returnAssignment),
  report: mutation(reportProgress),
  submit: mutation(submitAssignment),
  verify: mutation(verifyAssignment),
  rework: mutation(reworkAssignment),
  reassign: mutation(reassignAssignment),
});
