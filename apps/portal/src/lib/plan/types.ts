import type { Inputs, Outputs } from '#lib/api.ts';

/** The answers that the pages of the plan draw, as the router types them. */
export type Campaign = Outputs['campaigns']['list']['rows'][number];
export type CampaignDetail = Outputs['campaigns']['get'];
export type PlanImport = Outputs['campaigns']['importPreview'];
export type Mend = Inputs['campaigns']['importMend']['mends'][number];
export type Committed = Outputs['campaigns']['importCommit'];
export type Coverage = Outputs['campaigns']['coverage'];
export type CoverageTask = Coverage['tasks'][number];
export type CoverageCell = CoverageTask['cells'][number];
export type PublishPreview = Outputs['campaigns']['publish'];
export type TaskRow = Outputs['tasks']['list']['rows'][number];
export type TaskDetail = Outputs['tasks']['get'];
export type TaskChange = Omit<Inputs['tasks']['update'], 'commandId'>;
export type Unit = Outputs['units']['list']['items'][number];
