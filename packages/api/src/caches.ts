import { calendarCache } from '@baxing/clocks/server';
import type { CacheDefinition } from '@baxing/db';
import { identityCaches } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { categoryCache } from '@baxing/tickets/server';

/** Every slow-changing table that a process keeps in memory. */
export const CACHES: readonly CacheDefinition<unknown>[] = [calendarCache, placeCache, ...identityCaches, categoryCache];
