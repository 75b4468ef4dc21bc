import { join, resolve } from 'node:path';
import type { DatabaseTarget } from '@baxing/db';
import { z } from 'zod';

/** The environment, read and checked in one place. A wrong value stops the start with one clear line. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  readonly database: DatabaseTarget;
  /** null: on when the data folder is empty and this is not production. */
  readonly demo: boolean | null;
  readonly demoPassword: string | null;
  /** Where the demonstration's clock starts, epoch ms. */
  readonly clockStart: number;
  readonly production: boolean;
  /** The address people use, when a proxy with TLS stands in front. */
  readonly publicOrigin: string | null;
  readonly mapTiles: string | null;
  readonly logLevel: string;
}

export class ConfigError extends Error {}

export const DEMO_CLOCK_START = '2023-11-28T09:30+08:00';

const flag = z.enum(['1', '0', 'true', 'false', 'on', 'off']).transform((value) => ['1', 'true', 'on'].includes(value));

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4180),
  HOST: z.string().min(1).max(255).default('127.0.0.1'),
  BAXING_DATA: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'must start with postgres:// (leave it out for SQLite in the data folder)' })
    .optional(),
  BAXING_DEMO: flag.optional(),
  BAXING_DEMO_PASSWORD: z.string().min(10).max(128).optional(),
  BAXING_CLOCK_START: z
    .string()
    .regex(/(Z|[+-]\d{2}:\d{2})$/, { error: 'must be an instant with its offset, e.g. 2023-11-28T09:30+08:00' })
    .transform((text, ctx) => {
      const at = Date.parse(text);
      if (Number.isNaN(at)) ctx.addIssue({ code: 'custom', message: 'is not a date and time' });
      return at;
    })
    .optional(),
  BAXING_PUBLIC_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  BAXING_MAP_TILES: z.url({ protocol: /^https?$/ }).optional(),
  BAXING_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  NODE_ENV: z.string().optional(),
});

/** @throws ConfigError naming the variable and what is wrong with it */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new ConfigError(`${issue.path.join('.')}: ${issue.message}`);
  }
  const values = parsed.data;
  const production = values.NODE_ENV === 'production';
  if (production && values.BAXING_CLOCK_START !== undefined) throw new ConfigError('BAXING_CLOCK_START: refused in production (NODE_ENV=production)');
  if (production && values.BAXING_DEMO === true) throw new ConfigError('BAXING_DEMO: refused in production (NODE_ENV=production)');
  const dataFolder = resolve(values.BAXING_DATA);
  return {
    port: values.PORT,
    host: values.HOST,
    dataFolder,
    database: values.DATABASE_URL === undefined ? { dialect: 'sqlite', file: join(dataFolder, 'baxing.db') } : { dialect: 'postgres', url: values.DATABASE_URL },
    demo: values.BAXING_DEMO ?? null,
    demoPassword: values.BAXING_DEMO_PASSWORD ?? null,
    clockStart: values.BAXING_CLOCK_START ?? Date.parse(DEMO_CLOCK_START),
    production,
    publicOrigin: values.BAXING_PUBLIC_ORIGIN ?? null,
    mapTiles: values.BAXING_MAP_TILES ?? null,
    logLevel: values.BAXING_LOG,
  };
}
