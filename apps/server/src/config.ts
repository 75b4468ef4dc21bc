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
  /** How many proxies stand in front and append to X-Forwarded-For. */
  readonly trustedProxies: number;
  readonly mapTiles: string | null;
  readonly logLevel: string;
}

export class ConfigError extends Error {}

export const DEMO_CLOCK_START = '2023-11-28T09:30+08:00';

const flag = z.enum(['1', '0', 'true', 'false', 'on', 'off'], { error: '必须是 1 或 0' }).transform((value) => ['1', 'true', 'on'].includes(value));

const schema = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: '必须是 0 到 65535 的整数' })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: '必须是 0 到 65535 的整数' })
    .default(4180),
  HOST: z.string().min(1).max(255).default('127.0.0.1'),
  BAXING_DATA: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: '必须以 postgres:// 开头（不设置时使用数据文件夹中的 SQLite）' })
    .optional(),
  BAXING_DEMO: flag.optional(),
  BAXING_DEMO_PASSWORD: z.string().min(10, { error: '至少 10 个字符' }).max(128, { error: '最多 128 个字符' }).optional(),
  BAXING_CLOCK_START: z
    .string()
    .regex(/(Z|[+-]\d{2}:\d{2})$/, { error: '必须是带时区的时刻，例如 2023-11-28T09:30+08:00' })
    .transform((text, ctx) => {
      const at = Date.parse(text);
      if (Number.isNaN(at)) ctx.addIssue({ code: 'custom', message: '不是有效的日期时间' });
      return at;
    })
    .optional(),
  BAXING_PUBLIC_ORIGIN: z.url({ protocol: /^https?$/, error: '必须是 http(s):// 地址' }).optional(),
  BAXING_TRUSTED_PROXIES: z.string().regex(/^\d$/, { error: '必须是 0 到 9 的整数' }).transform(Number).default(0),
  BAXING_MAP_TILES: z.url({ protocol: /^https?$/, error: '必须是 http(s):// 地址' }).optional(),
  BAXING_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent'], { error: '必须是 debug、info、warn、error 或 silent' }).default('info'),
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
  if (production && values.BAXING_CLOCK_START !== undefined) throw new ConfigError('BAXING_CLOCK_START: 生产环境（NODE_ENV=production）不能使用演示时间');
  if (production && values.BAXING_DEMO === true) throw new ConfigError('BAXING_DEMO: 生产环境（NODE_ENV=production）不能载入演示城市');
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
    trustedProxies: values.BAXING_TRUSTED_PROXIES,
    mapTiles: values.BAXING_MAP_TILES ?? null,
    logLevel: values.BAXING_LOG,
  };
}
