import type { z } from 'zod';
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

/** What a procedure reads: its own fields, and whether a `commandId` goes beside them. Null: it takes no input. */
export interface ProcedureInput {
  readonly schema: z.ZodType;
  readonly commandId: boolean;
}

export interface ProcedureName {
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
}

const procedures = (): Record<string, { _def: { type: ProcedureName['kind']; inputs: (z.ZodType | { schema: z.ZodType })[] } }> => appRouter._def.procedures as never;

/** Every procedure of the API, for the authorisation matrix and the docs. */
export function procedureNames(): ProcedureName[] {
  return Object.entries(procedures())
    .map(([name, procedure]) => ({ name, kind: procedure._def.type }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Throws for a name that is no procedure. */
export function procedureInput(name: string): ProcedureInput | null {
  const input = procedures()[name]!._def.inputs.at(-1);
  if (!input) return null;
  return 'schema' in input ? { schema: input.schema, commandId: true } : { schema: input, commandId: false };
}
