import type { Anchor, Database } from '@baxing/db';
import type { Result } from '@baxing/kernel';
import type { Config } from '../config.ts';

/** What a command of the command line is given. */
export interface CliCall {
  readonly db: Database;
  readonly config: Config;
  readonly say: (line: string) => void;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly anchors: readonly Anchor[];
}

export class UsageError extends Error {}

export function required(value: string | boolean | undefined, name: string): string {
  if (typeof value !== 'string' || value === '') throw new UsageError(`缺少参数：${name}`);
  return value;
}

/** A refused parse or command, told by its code and what it names. */
export function told<T>(call: CliCall, result: Result<T>): T | null {
  if (result.ok) return result.value;
  call.say(`未执行：${result.refusal.code} ${JSON.stringify(result.refusal.details)}`);
  return null;
}
