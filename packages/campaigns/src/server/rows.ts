import type { Schema } from '@baxing/db';
import type { Selectable } from 'kysely';
import type { AssignmentState, TaskState } from '../states.ts';

export type CampaignRow = Selectable<Schema['campaign']>;
export type ActionRow = Selectable<Schema['action']>;
export type TaskRow = Omit<Selectable<Schema['task']>, 'state'> & { state: TaskState };
export type AssignmentRow = Omit<Selectable<Schema['assignment']>, 'state'> & { state: AssignmentState };
