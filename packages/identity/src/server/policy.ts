import { readFileSync } from 'node:fs';
import { type Actor, ok, RefusalError } from '@baxing/kernel';
import { type CommandContext, type Database, defineCache, defineCommand, type Reader } from '@baxing/db';
import { z } from 'zod';
import { parsePolicy, type PolicyRow, type PolicyTable, policyTable, type Scope, scopeOf } from '../policy.ts';
import { type PolicySettings, policySettingsSchema } from '../settings.ts';

const dataFile = (name: string): string => readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8');

/** The policy as it is delivered. */
export const DEFAULT_POLICY: readonly PolicyRow[] = parsePolicy(dataFile('policy.csv'));
export const DEFAULT_SETTINGS: PolicySettings = policySettingsSchema.parse(JSON.parse(dataFile('policy-settings.json')));

export interface Policy {
  readonly table: PolicyTable;
  readonly settings: PolicySettings;
}

async function loadPolicy(reader: Reader): Promise<Policy> {
  const rows = await reader.selectFrom('policy').selectAll().execute();
  const settings = await reader.selectFrom('policy_setting').selectAll().execute();
  return {
    table: policyTable(rows as PolicyRow[]),
    settings: policySettingsSchema.parse({ ...DEFAULT_SETTINGS, ...Object.fromEntries(settings.map(({ key, value }) => [key, JSON.parse(value) as unknown])) }),
  };
}

export const policyCache = defineCache('policy', loadPolicy);

/** How far the verb reaches for who acts in this command. @throws RefusalError FORBIDDEN */
export function authorise(ctx: Pick<CommandContext, 'actor' | 'cached'>, verb: string): Scope {
  const scope = scopeOf(ctx.cached(policyCache).table, ctx.actor, verb);
  if (scope === null) throw new RefusalError('FORBIDDEN', { verb });
  return scope;
}

/** The same outside a command; null = not allowed. */
export const scopeFor = (db: Database, actor: Actor, verb: string): Scope | null => scopeOf(db.caches.get(policyCache).table, actor, verb);

export const settingsOf = (db: Database): PolicySettings => db.caches.get(policyCache).settings;

const ROWS_PER_INSERT = 200;

/** Adds delivered rules and settings that are not there yet; what an administrator has changed stays (a rule taken away is kept as `none`). */
export const seedPolicy = defineCommand({
  name: 'policy.seed',
  input: z.object({}),
  run: async (ctx) => {
    authorise(ctx, 'policy.seed');
    let added = 0;
    for (let i = 0; i < DEFAULT_POLICY.length; i += ROWS_PER_INSERT) {
      const inserted = await ctx.tx
        .insertInto('policy')
        .values(DEFAULT_POLICY.slice(i, i + ROWS_PER_INSERT))
        .onConflict((c) => c.columns(['role', 'verb']).doNothing())
        .returning('verb')
        .execute();
      added += inserted.length;
    }
    const settings = await ctx.tx
      .insertInto('policy_setting')
      .values(Object.entries(DEFAULT_SETTINGS).map(([key, value]) => ({ key, value: JSON.stringify(value) })))
      .onConflict((c) => c.column('key').doNothing())
      .returning('key')
      .execute();
    if (added + settings.length > 0) {
      ctx.record({ type: 'policy.seeded', subject: 'policy', subjectId: 'policy', scope: {}, data: { rules: added, settings: settings.map(({ key }) => key) } });
      ctx.invalidate(policyCache);
    }
    return ok({ rules: added, settings: settings.length });
  },
});

/** Every rule and every setting. @throws RefusalError FORBIDDEN */
export function listPolicy(db: Database, actor: Actor): { rules: { role: string; verb: string; scope: Scope }[]; settings: PolicySettings } {
  if (scopeFor(db, actor, 'policy.list') !== 'all') throw new RefusalError('FORBIDDEN', { verb: 'policy.list' });
  const { table, settings } = db.caches.get(policyCache);
  const rules = [...table].map(([key, scope]) => {
    const [role = '', verb = ''] = key.split(' ');
    return { role, verb, scope };
  });
  return { rules, settings };
}
