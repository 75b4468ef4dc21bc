import { accounts, policy, posts } from './routers/accounts.ts';
import { audit } from './routers/audit.ts';
import { auth } from './routers/auth.ts';
import { campaigns, tasks, assignments } from './routers/campaigns.ts';
import { categories } from './routers/categories.ts';
import { calendars, clocks } from './routers/clocks.ts';
import { demo } from './routers/demo.ts';
import { jurisdictions, units } from './routers/jurisdictions.ts';
import { live } from './routers/live.ts';
import { tickets } from './routers/tickets.ts';
import { router } from './trpc.ts';

export const appRouter = router({ auth, accounts, posts, policy, jurisdictions, units, clocks, calendars, categories, campaigns, tasks, assignments, tickets, live, audit, demo });

export type AppRouter = typeof appRouter;

export interface ProcedureName {
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
}

/** Every procedure of the API, for the authorisation matrix and the docs. */
export function procedureNames(): ProcedureName[] {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: ProcedureName['kind'] } }>;
  return Object.entries(procedures)
    .map(([name, procedure]) => ({ name, kind: procedure._def.type }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
