import type { CampaignsTables } from './campaigns.ts';
import type { ClocksTables } from './clocks.ts';
import type { FoundationTables } from './foundation.ts';
import type { IdentityTables } from './identity.ts';
import type { JurisdictionsTables } from './jurisdictions.ts';
import type { TicketsTables } from './tickets.ts';

/** Every table of the product. Reading across is free; only the owner writes (a test holds the source to `TABLE_OWNERS`). */
export interface Schema extends FoundationTables, ClocksTables, JurisdictionsTables, IdentityTables, TicketsTables, CampaignsTables {}

type Owned<Tables> = readonly (keyof Tables)[];
const own = <Tables>(...tables: Owned<Tables>): Owned<Tables> => tables;

export const TABLE_OWNERS: Readonly<Record<string, readonly string[]>> = {
  db: own<FoundationTables>('setting', 'epoch', 'receipt', 'event', 'seal', 'outbox', 'timer', 'job', 'counter', 'counter_delta'),
  clocks: own<ClocksTables>('calendar_year', 'calendar_day', 'calendar_gap', 'office_hours', 'clock'),
  jurisdictions: own<JurisdictionsTables>('jurisdiction', 'jurisdiction_term', 'jurisdiction_code', 'jurisdiction_area', 'unit', 'unit_area'),
  identity: own<IdentityTables>('account', 'post', 'session', 'throttle', 'policy', 'policy_setting'),
  tickets: [...own<TicketsTables>('category', 'filing_standard', 'ticket', 'ticket_handler', 'ticket_photo', 'file'), 'ticket_search'],
  campaigns: own<CampaignsTables>('campaign', 'campaign_phase', 'action', 'task_force_member', 'task', 'task_unit', 'task_attachment', 'plan_import', 'assignment', 'assignment_report', 'assignment_report_file'),
};

export type { CampaignsTables, ClocksTables, FoundationTables, IdentityTables, JurisdictionsTables, TicketsTables };
