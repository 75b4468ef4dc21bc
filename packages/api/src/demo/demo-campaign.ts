import type { Database } from '@baxing/db';
export const seedDemoCampaign = (_db: Database, _at: number): Promise<void> => Promise.resolve();
