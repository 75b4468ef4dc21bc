/**
 * Commands and queries of campaigns. Owns the tables campaign*, action, task*, plan_import and assignment*; reads units, posts, files and tickets.
 * The hard parts: reading workbooks that may be hostile (workbook/), a plan that stays mendable until it is committed (plan-import.ts),
 * and a board whose numbers come from counters alone (counters.ts).
 */
export { acceptAssignment } from './accept-assignment.ts';
export { accessAssignment, accessTask } from './access.ts';
export { type AssignedTask, assignTask } from './assign-task.ts';
export { carriesReportFile } from './carries-report-file.ts';
export { commitImport, type CommittedImport } from './commit-import.ts';
export { recountCampaignCounters } from './counters.ts';
export { campaignCoverage, type Coverage } from './coverage.ts';
export { createCampaign } from './create-campaign.ts';
export { createTask } from './create-task.ts';
export type { MadeAssignment } from './distribute.ts';
export { campaignTimers } from './follow-time.ts';
export { type AssignmentDetail, getAssignment } from './get-assignment.ts';
export { type CampaignView, getCampaign } from './get-campaign.ts';
export { getTask, type TaskDetail } from './get-task.ts';
export { findingLine, importPlanFile } from './import-plan-file.ts';
export { type AssignmentListRow, listAssignments } from './list-assignments.ts';
export { listCampaigns } from './list-campaigns.ts';
export { listTasks, type TaskListRow } from './list-tasks.ts';
export { mendImport } from './mend-import.ts';
export { getPlanImport, type PlanImportView } from './plan-import.ts';
export { type PreparedPlan, preparePlanImport } from './prepare-plan-import.ts';
export { previewImport } from './preview-import.ts';
export { campaignProgress, type Progress } from './progress.ts';
export { campaignProjection } from './projection.ts';
export { type GapCell, publishCampaign, type PublishPreview } from './publish-campaign.ts';
export { reassignAssignment } from './reassign-assignment.ts';
export { reportProgress } from './report-progress.ts';
export { returnAssignment } from './return-assignment.ts';
export { reworkAssignment } from './rework-assignment.ts';
export type { MovedAssignment } from './save.ts';
export { submitAssignment } from './submit-assignment.ts';
export { updateTask } from './update-task.ts';
export { verifyAssignment } from './verify-assignment.ts';
export type { CampaignSummary } from './views.ts';
export { type ReadWorkbook, readWorkbook, type WorkbookContent } from './workbook/read-workbook.ts';
