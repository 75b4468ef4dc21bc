import { randomFillSync } from 'node:crypto';
import { type Actor, newCommandId, ok, type Result, SYSTEM_ACTOR } from '@baxing/kernel';
import { type CommandCall, type CommandContext, type Database, execute } from '@baxing/db';

/** Tuesday 2023-11-28 09:30 in Lhasa. */
const START = Date.UTC(2023, 10, 28, 1, 30);

export const commandId = (): string => newCommandId(START, randomFillSync);

export const clerk: Actor = { ...SYSTEM_ACTOR, accountId: 'acc_clerk', userName: 'clerk', role: 'office' };
export const other: Actor = { ...clerk, accountId: 'acc_other', userName: 'other' };

export const callOf = (overrides: Partial<CommandCall> = {}): CommandCall => ({ commandId: commandId(), actor: clerk, at: START, requestId: 'req', origin: 'test', ...overrides });

/** Runs `body` as a command; what it returns is the value of the answer. */
export function change<T>(db: Database, body: (ctx: CommandContext) => Promise<T> | T, overrides: Partial<CommandCall> = {}, input: unknown = {}): Promise<Result<T>> {
  return execute(db, { name: 'test.change', run: async (ctx: CommandContext) => ok(await body(ctx)) }, callOf(overrides), input);
}

/** One event with a number in it. */
export const note = (ctx: CommandContext, n: number): void => ctx.record({ type: 'test.noted', subject: 'test', subjectId: `tst_${n}`, scope: {}, data: { n } });

export const notes = async (db: Database): Promise<number[]> => {
  const rows = await db.read.selectFrom('event').select('data').where('type', '=', 'test.noted').orderBy('id').execute();
  return rows.map((row) => (JSON.parse(row.data) as { n: number }).n);
};

export async function setting(ctx: CommandContext, key: string, value: string): Promise<void> {
  await ctx.tx.insertInto('setting').values({ key, value }).execute();
}

export const settings = async (db: Database): Promise<string[]> => (await db.read.selectFrom('setting').select('key').orderBy('key').execute()).map((row) => row.key);

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** A door that a test opens: what waits at it goes on. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
