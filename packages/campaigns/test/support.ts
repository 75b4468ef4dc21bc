import { randomFillSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type CommandDefinition, type Database, execute } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Id, newCommandId, type RefusalCode, type Result, startOfDay } from '@baxing/kernel';
import type { World } from '@baxing/testing';
import { expect } from 'vitest';
import { commitImport, createCampaign, mendImport, type PlanImportView, preparePlanImport, type PreparedPlan, previewImport, publishCampaign } from '../src/server/index.ts';

/** Commands run as a demonstration post, without the API: what is tested is this package. */

export const PLAN_FILE = fileURLToPath(new URL('../data/八大行动任务分解表.xlsx', import.meta.url));
export const CAMPAIGN_START = startOfDay(19_674); // 2023-11-13

export const commandId = (): string => newCommandId(Date.now(), randomFillSync);

export async function actorOf(db: Database, userName: string): Promise<Actor> {
  const row = await db.read
    .selectFrom('post')
    .innerJoin('account', 'account.id', 'post.account_id')
    .selectAll('post')
    .where('account.user_name', '=', userName)
    .orderBy('post.ordinal')
    .executeTakeFirstOrThrow();
  const areaId = row.area_id as Id<'jur'> | null;
  return {
    accountId: row.account_id as Id<'acc'>,
    userName,
    postId: row.id as Id<'pst'>,
    role: row.role,
    unitId: row.unit_id as Id<'unt'>,
    areaId,
    areaPath: areaId === null ? [] : db.caches.get(placeCache).pathIds(areaId),
    actionCode: row.action_code,
  };
}

export interface Stage {
  readonly world: World;
  readonly db: Database;
  readonly now: () => number;
  actor(userName: string): Promise<Actor>;
  /** Runs a command as that account and answers the Result. */
  run<Input, Output, Raw>(userName: string, command: CommandDefinition<Input, Output, Raw>, input: Raw): Promise<Result<Output>>;
  /** As `run`, for what must succeed. */
  done<Input, Output, Raw>(userName: string, command: CommandDefinition<Input, Output, Raw>, input: Raw): Promise<Output>;
  unit(name: string): Id<'unt'>;
  place(name: string): Id<'jur'>;
}

export function stageOf(world: World): Stage {
  const { db, clock } = world;
  const actors = new Map<string, Actor>();
  const stage: Stage = {
    world,
    db,
    now: clock.now,
    async actor(userName) {
      const known = actors.get(userName) ?? (await actorOf(db, userName));
      actors.set(userName, known);
      return known;
    },
    async run(userName, command, input) {
      return execute(db, command, { commandId: commandId(), actor: await stage.actor(userName), at: clock.now(), requestId: 'test', origin: 'test' }, command.input.parse(input));
    },
    async done(userName, command, input) {
      const result = await stage.run(userName, command, input);
      if (!result.ok) throw new Error(`${userName} ${command.name}: ${result.refusal.code} ${JSON.stringify(result.refusal.details)}`);
      return result.value;
    },
    unit(name) {
      const [found] = db.caches.get(placeCache).findUnits(name, clock.now());
      if (!found) throw new Error(`no unit ${name}`);
      return found.id;
    },
    place(name) {
      const found = db.caches
        .get(placeCache)
        .jurisdictions(clock.now())
        .find((place) => place.name === name);
      if (!found) throw new Error(`no place ${name}`);
      return found.id;
    },
  };
  return stage;
}

export function expectRefused(result: Result<unknown>, code: RefusalCode, details: Readonly<Record<string, unknown>> = {}): void {
  expect(result).toMatchObject({ ok: false, refusal: { code, details } });
}

let plan: Promise<PreparedPlan> | null = null;
/** The real workbook, read once per test file. */
export function preparedPlan(): Promise<PreparedPlan> {
  plan ??= preparePlanImport({ path: PLAN_FILE }).then((prepared) => {
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.refusal));
    return prepared.value;
  });
  return plan;
}

export async function newCampaign(stage: Stage): Promise<Id<'cmp'>> {
  const { campaignId } = await stage.done('office', createCampaign, { name: '拉萨市城乡环境综合大整治', areaId: stage.place('拉萨市'), startsAt: CAMPAIGN_START });
  return campaignId as Id<'cmp'>;
}

export async function preview(stage: Stage, campaignId: Id<'cmp'>, prepared?: PreparedPlan): Promise<PlanImportView> {
  const { sha256, rows } = prepared ?? (await preparedPlan());
  return stage.done('office', previewImport, { campaignId, fileName: '八大行动任务分解表.xlsx', sha256, rows: rows as never });
}

/** Every finding answered and every gap closed. */
export const MENDS = [
  { row: 15, column: 'deadline', value: '2023-12-31' },
  { row: 20, column: 'responsible', name: '塔玛街道办事处', choice: 'leave_open' },
  { row: 21, column: 'target', value: 20 },
  { row: 24, column: 'responsible', choice: 'create_unit' },
] as const;

/** The real plan imported, mended and published. */
export async function publishedPlan(stage: Stage): Promise<{ campaignId: Id<'cmp'>; task(no: number): Promise<{ id: Id<'tsk'>; version: number }> }> {
  const campaignId = await newCampaign(stage);
  const view = await preview(stage, campaignId);
  const mended = await stage.done('office', mendImport, { importId: view.importId as Id<'imp'>, version: view.version, mends: [...MENDS] });
  await stage.done('office', commitImport, { importId: view.importId as Id<'imp'>, version: mended.version });
  await stage.done('office', publishCampaign, { campaignId });
  return {
    campaignId,
    task: async (no) =>
      (await stage.db.read.selectFrom('task').select(['id', 'version']).where('campaign_id', '=', campaignId).where('no', '=', no).executeTakeFirstOrThrow()) as { id: Id<'tsk'>; version: number },
  };
}
