import { placeCache } from '@baxing/jurisdictions/server';
import type { Id } from '@baxing/kernel';
import { describeEachWorld } from '@baxing/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  campaignCoverage,
  commitImport,
  createCampaign,
  createTask,
  getCampaign,
  getPlanImport,
  getTask,
  importPlanFile,
  listCampaigns,
  listTasks,
  mendImport,
  publishCampaign,
  updateTask,
} from '../src/server/index.ts';
import { createCampaignSchema, getCampaignSchema, listCampaignsSchema, listTasksSchema, type PlanRow } from '../src/index.ts';
import { CAMPAIGN_START, commandId, expectRefused, MENDS, newCampaign, PLAN_FILE, preparedPlan, preview, publishedPlan, stageOf } from './support.ts';

const imp = (id: string): Id<'imp'> => id as Id<'imp'>;

describeEachWorld('campaigns', (open) => {
  describe('creating', () => {
    it('brings seven actions and a placeholder, each with its task force, leaders as posts', async () => {
      const stage = stageOf(await open());
      const campaignId = await newCampaign(stage);
      const view = await getCampaign(stage.db, await stage.actor('office'), getCampaignSchema.parse({ campaignId }));
      if (!view.ok) throw new Error(view.refusal.code);
      expect(view.value.actions.map(({ code, placeholder, taskForce }) => [code, placeholder, taskForce?.shortName])).toEqual([
        ['municipal', false, '市政设施专班'],
        ['traffic', false, '道路交通专班'],
        ['sanitation', false, '环境卫生专班'],
        ['safety', false, '安全生产专班'],
        ['greening', false, '城乡绿化专班'],
        ['market', false, '规范市场专班'],
        ['legacy', false, '遗留问题专班'],
        ['eighth', true, '第八项行动专班'],
      ]);
      expect(view.value.actions[0]!.members.map(({ duty, title }) => `${duty} ${title}`)).toEqual(['leader 组长', 'deputy 副组长', 'member 工作岗']);
      expect(view.value.policy).toEqual({ accept: { value: 4, unit: 'work_hour', calendar: 'lhasa' }, warnDays: 2 });
      expect(view.value.may).toMatchObject({ publish: true });
      expect(await listCampaigns(stage.db, await stage.actor('grid.zhaxi.1'), listCampaignsSchema.parse({}))).toMatchObject({
        ok: true,
        value: { rows: expect.arrayContaining([expect.objectContaining({ campaignId, state: 'draft' })]), next: null },
      });
    });

    it('is for the office, within a place that exists', async () => {
      const stage = stageOf(await open());
      const input = { name: '整治', areaId: stage.place('拉萨市'), startsAt: CAMPAIGN_START };
      expectRefused(await stage.run('taskforce.safety', createCampaign, input), 'FORBIDDEN');
      expectRefused(await stage.run('office', createCampaign, { ...input, areaId: 'jur_nowhere' }), 'VALIDATION', { field: 'areaId' });
      expectRefused(await stage.run('office', createCampaign, { ...input, actions: [{ code: 'a', name: '甲', taskForceUnitId: 'unt_nowhere' }] }), 'VALIDATION', { field: 'actions' });
      expect(createCampaignSchema.safeParse({ ...input, endsAt: CAMPAIGN_START - 1 }).success).toBe(false);
    });
  });

  describe('importing the plan', () => {
    it('finds exactly what is wrong with the real workbook, row by row', async () => {
      const stage = stageOf(await open());
      const view = await preview(stage, await newCampaign(stage));
      expect(view.rows).toHaveLength(25);
      const unknown = ['unit', 'create_unit', 'leave_open'];
      expect(view.findings).toEqual([
        { row: 11, sheetRow: 13, column: 'cooperating', severity: 'warning', code: 'UNIT_UNKNOWN', value: '第三方运营公司', proposals: [], choices: unknown, params: { kind: 'firm' } },
        { row: 12, sheetRow: 14, column: 'cooperating', severity: 'warning', code: 'UNIT_UNKNOWN', value: '虎峰佳苑社区', proposals: [], choices: unknown, params: { kind: null } },
        { row: 15, sheetRow: 17, column: 'deadline', severity: 'warning', code: 'NO_DEADLINE', value: '', proposals: [], choices: [], params: {} },
        { row: 20, sheetRow: 22, column: 'responsible', severity: 'error', code: 'UNIT_UNKNOWN', value: '塔玛街道办事处', proposals: [], choices: unknown, params: { kind: 'street_office' } },
        { row: 21, sheetRow: 23, column: 'target', severity: 'warning', code: 'NO_NUMBER', value: '', proposals: [], choices: [], params: {} },
        { row: 24, sheetRow: 26, column: 'responsible', severity: 'error', code: 'UNIT_UNKNOWN', value: '八一街道办事处', proposals: [], choices: unknown, params: { kind: 'street_office' } },
        { row: 24, sheetRow: 26, column: 'cooperating', severity: 'warning', code: 'UNIT_UNKNOWN', value: '城关区委组织部', proposals: [], choices: unknown, params: { kind: 'department' } },
      ]);
      expect(view).toMatchObject({ errors: 2, warnings: 5, state: 'open', version: 1, changes: { update: [], unchanged: 0, drop: [] } });
      expect(view.changes.create).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    });

    it('is for the office alone', async () => {
      const stage = stageOf(await open());
      const campaignId = await newCampaign(stage);
      const view = await preview(stage, campaignId);
      const { previewImport } = await import('../src/server/index.ts');
      const { sha256, rows } = await preparedPlan();
      expectRefused(await stage.run('taskforce.safety', previewImport, { campaignId, fileName: 'a.xlsx', sha256, rows: rows as never }), 'FORBIDDEN');
      expectRefused(await stage.run('office', previewImport, { campaignId: 'cmp_none', fileName: 'a.xlsx', sha256, rows: rows as never }), 'NOT_FOUND');
      expectRefused(await stage.run('taskforce.safety', mendImport, { importId: imp(view.importId), mends: [...MENDS] }), 'NOT_FOUND');
      expectRefused(await stage.run('street.zhaxi', commitImport, { importId: imp(view.importId) }), 'NOT_FOUND');
      expect(await getPlanImport(stage.db, await stage.actor('street.zhaxi'), { importId: view.importId }, stage.now())).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    });

    it('mends in place, refuses what it cannot read, and keeps mends when the file comes again', async () => {
      const stage = stageOf(await open());
      const campaignId = await newCampaign(stage);
      const view = await preview(stage, campaignId);
      const importId = imp(view.importId);
      const refusedMend = async (mend: Record<string, unknown>, details: Record<string, unknown>) =>
        expectRefused(await stage.run('office', mendImport, { importId, mends: [mend] as never }), 'VALIDATION', { field: 'mends', index: 0, ...details });
      await refusedMend({ row: 99, column: 'target', value: 1 }, { rule: 'ROW' });
      await refusedMend({ row: 20, column: 'responsible', name: '某某街道', choice: 'leave_open' }, { rule: 'NAME' });
      await refusedMend({ row: 20, column: 'responsible', unitId: 'unt_nowhere' }, { rule: 'UNIT' });
      await refusedMend({ row: 20, column: 'target', choice: 'leave_open' }, { rule: 'COLUMN' });
      await refusedMend({ row: 1, column: 'responsible', choice: 'leave_open' }, { rule: 'NAME_NEEDED' });
      await refusedMend({ row: 12, column: 'cooperating', choice: 'create_unit' }, { rule: 'KIND', name: '虎峰佳苑社区' });

      const mended = await stage.done('office', mendImport, { importId, version: 1, mends: [...MENDS] });
      expect(mended.findings.map(({ row, code }) => `${row} ${code}`)).toEqual(['11 UNIT_UNKNOWN', '12 UNIT_UNKNOWN', '24 UNIT_UNKNOWN']);
      expect(mended).toMatchObject({ errors: 0, warnings: 3, version: 2 });
      expectRefused(await stage.run('office', mendImport, { importId, version: 1, mends: [...MENDS] }), 'CONFLICT', { version: 2 });

      const again = await preview(stage, campaignId);
      expect(again).toMatchObject({ importId: view.importId, version: 2, errors: 0 });
      const wrong = await stage.done('office', mendImport, { importId, mends: [{ row: 15, column: 'deadline', value: '年底' }] });
      expect(wrong.findings).toContainEqual(expect.objectContaining({ row: 15, code: 'DATE_UNREADABLE', severity: 'error', value: '年底' }));
      expect(await getPlanImport(stage.db, await stage.actor('office'), { importId }, stage.now())).toMatchObject({ ok: true, value: { errors: 1, version: 3 } });
    });

    it('commits all or nothing, names the open cells, and the same file twice makes nothing new', async () => {
      const stage = stageOf(await open());
      const campaignId = await newCampaign(stage);
      const view = await preview(stage, campaignId);
      const importId = imp(view.importId);
      expectRefused(await stage.run('office', commitImport, { importId }), 'FINDINGS_OPEN', {
        total: 2,
        cells: [
          { row: 20, sheetRow: 22, column: 'responsible', code: 'UNIT_UNKNOWN', value: '塔玛街道办事处' },
          { row: 24, sheetRow: 26, column: 'responsible', code: 'UNIT_UNKNOWN', value: '八一街道办事处' },
        ],
      });
      expect(await stage.db.read.selectFrom('task').select('id').where('campaign_id', '=', campaignId).execute()).toEqual([]);

      await stage.done('office', mendImport, { importId, mends: [...MENDS] });
      expectRefused(await stage.run('office', commitImport, { importId, version: 1 }), 'CONFLICT', { version: 2 });
      expect(await stage.done('office', commitImport, { importId })).toEqual({ importId, created: 25, updated: 0, unchanged: 0, dropped: 0, unitsCreated: ['八一街道办事处'] });
      expect(stage.db.caches.get(placeCache).unit(stage.unit('八一街道办事处'))).toMatchObject({ kind: 'street_office' });
      expect(await stage.done('office', commitImport, { importId })).toMatchObject({ created: 0, updated: 0, unchanged: 25 });
      expectRefused(await stage.run('office', mendImport, { importId, mends: [...MENDS] }), 'WRONG_STATE');

      // Another file with the same rows: what was mended by hand is asked again, the other rows say what their tasks say.
      const other = await preview(stage, campaignId, { ...(await preparedPlan()), sha256: 'f'.repeat(64) });
      expect(other.changes).toEqual({
        create: [],
        update: [
          { row: 15, columns: ['deadline'] },
          { row: 21, columns: ['target'] },
        ],
        unchanged: 23,
        drop: [],
      });
      expect(other.errors).toBe(1);
    });

    it('changes, adds and drops what a later plan says, and publishing cancels what was dropped', async () => {
      const stage = stageOf(await open());
      const { campaignId, task } = await publishedPlan(stage);
      const { rows, sheet } = await preparedPlan();
      const changed: PlanRow[] = rows
        .filter(({ cells }) => cells.no !== 3)
        .map((row) =>
          row.cells.no === 1
            ? { ...row, cells: { ...row.cells, target: 100 } }
            : row.cells.no === 15
              ? { ...row, cells: { ...row.cells, deadline: '2023-12-31' } }
              : row.cells.no === 21
                ? { ...row, cells: { ...row.cells, target: 20 } }
                : row,
        );
      const view = await preview(stage, campaignId, { sha256: 'e'.repeat(64), sheet, rows: changed });
      expect(view.changes).toEqual({ create: [], update: [{ row: 1, columns: ['target'] }], unchanged: 23, drop: [3] });
      await stage.done('office', mendImport, { importId: imp(view.importId), mends: [{ row: 20, column: 'responsible', choice: 'leave_open' }] });
      expect(await stage.done('office', commitImport, { importId: imp(view.importId) })).toMatchObject({ created: 0, updated: 1, unchanged: 23, dropped: 1 });
      const dry = await stage.done('office', publishCampaign, { campaignId, dryRun: true });
      expect({ create: dry.create, change: dry.change.map(({ row }) => row), cancel: dry.cancel.map(({ row, assignments }) => [row, assignments]) }).toEqual({
        create: [],
        change: [1],
        cancel: [[3, 0]],
      });
      await stage.done('office', publishCampaign, { campaignId });
      expect(
        await stage.db.read
          .selectFrom('task')
          .select('state')
          .where('id', '=', (await task(3)).id)
          .executeTakeFirst(),
      ).toEqual({ state: 'cancelled' });
      expect(await stage.done('office', publishCampaign, { campaignId, dryRun: true })).toMatchObject({ create: [], change: [], cancel: [], gaps: [] });
    });

    it('never closes a plan over a mend that came in between', async () => {
      const stage = stageOf(await open());
      const { db } = stage;
      const campaignId = await newCampaign(stage);
      const importId = imp((await preview(stage, campaignId)).importId);
      await stage.done('office', mendImport, { importId, mends: [...MENDS] });
      const [stored, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const mending = db.writer.run(async (tx) => {
        const { mends } = await tx.selectFrom('plan_import').select('mends').where('id', '=', importId).executeTakeFirstOrThrow();
        const more = JSON.stringify([...(JSON.parse(mends) as unknown[]), { sheetRow: 3, column: 'target', value: 77 }]);
        await tx.updateTable('plan_import').set({ mends: more, version: 3 }).where('id', '=', importId).execute();
        stored.resolve();
        await go.promise;
      });
      await stored.promise;
      const committing = stage.run('office', commitImport, { importId });
      // SQLite has one writer: there the commit waits its turn and sees the mend.
      const waits = async (): Promise<boolean> =>
        db.dialect === 'sqlite' || (await sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db.read as never)).rows.length > 0;
      while (!(await waits()));
      go.resolve();
      await mending;
      if (db.dialect === 'postgres') {
        expectRefused(await committing, 'CONFLICT', { version: 2 });
        expect(await db.read.selectFrom('task').select('id').where('campaign_id', '=', campaignId).execute()).toEqual([]);
        await stage.done('office', commitImport, { importId });
      } else expect(await committing).toMatchObject({ ok: true });
      expect(await db.read.selectFrom('task').select('target_steps').where('campaign_id', '=', campaignId).where('no', '=', 1).executeTakeFirst()).toEqual({ target_steps: 77 });
    });

    it('works from the command line', async () => {
      const stage = stageOf(await open());
      const campaignId = await newCampaign(stage);
      const lines: string[] = [];
      const actor = await stage.actor('office');
      const call = () => ({ commandId: commandId(), actor, at: stage.now(), requestId: 'cli', origin: 'cli' });
      expect(await importPlanFile(stage.db, { campaignId, path: PLAN_FILE, dryRun: true }, call, (line) => lines.push(line))).toMatchObject({ ok: true });
      expect(lines).toHaveLength(8);
      expect(lines.at(-1)).toBe('错误 2，提示 5；新增 25，变更 0，不变 0，撤下 0');
      expect(await importPlanFile(stage.db, { campaignId, path: PLAN_FILE, dryRun: false }, call, () => {})).toMatchObject({ ok: false, refusal: { code: 'FINDINGS_OPEN' } });
    });
  });

  describe('coverage and publishing', () => {
    it('names every gap, refuses to publish with one, and says beforehand what publishing does', async () => {
      const stage = stageOf(await open());
      const campaignId = await newCampaign(stage);
      const view = await preview(stage, campaignId);
      const importId = imp(view.importId);
      await stage.done('office', mendImport, {
        importId,
        mends: [
          { row: 20, column: 'responsible', choice: 'leave_open' },
          { row: 24, column: 'responsible', choice: 'leave_open' },
        ],
      });
      await stage.done('office', commitImport, { importId });
      const gaps = [
        { row: 15, column: 'deadline', code: 'no_deadline', what: '飞线充电整治' },
        { row: 21, column: 'target', code: 'no_number', what: '农贸市场环境整治' },
        { row: 24, column: 'responsible', code: 'no_owner', what: '八一街道机构运转' },
      ];
      const dry = await stage.done('office', publishCampaign, { campaignId, dryRun: true });
      expect(dry).toMatchObject({ dryRun: true, gaps, change: [], cancel: [] });
      expect(dry.create).toHaveLength(25);
      expectRefused(await stage.run('office', publishCampaign, { campaignId }), 'GAPS', { cells: gaps, total: 3 });
      expect(await stage.db.read.selectFrom('task').select('state').distinct().where('campaign_id', '=', campaignId).execute()).toEqual([{ state: 'draft' }]);

      const coverage = await campaignCoverage(stage.db, await stage.actor('office'), { campaignId }, stage.now());
      if (!coverage.ok) throw new Error(coverage.refusal.code);
      expect(coverage.value.gaps).toMatchObject(gaps);
      const row = (no: number) => coverage.value.tasks.find((task) => task.row === no)!;
      const duties = (no: number, duty: string) => row(no).cells.filter((cell) => cell.duty === duty);
      expect(duties(1, 'responsible').map(({ via }) => via)).toEqual(Array.from({ length: 12 }, () => '各街道办事处'));
      expect(duties(20, 'responsible')).toHaveLength(12);
      expect(row(20).texts).toEqual([{ duty: 'responsible', text: '塔玛街道办事处', members: 0 }]);
      expect(duties(23, 'responsible')).toHaveLength(13);
      expect(duties(25, 'responsible')).toHaveLength(8);
      expect(row(9).cells.map(({ unitId, duty }) => [unitId, duty])).toEqual(
        expect.arrayContaining([
          [stage.unit('扎细街道办事处'), 'responsible'],
          [stage.unit('扎细派出所'), 'responsible'],
          [stage.unit('市城市管理局'), 'lead'],
        ]),
      );
      expect(row(9).texts[0]!.members).toBeGreaterThan(100);
      expect(duties(11, 'responsible')).toEqual([{ unitId: stage.unit('达孜区城市管理局'), duty: 'responsible', via: null, assignments: [] }]);

      const mend = async (no: number, patch: Record<string, unknown>) => {
        const { id, version } = await stage.db.read.selectFrom('task').select(['id', 'version']).where('campaign_id', '=', campaignId).where('no', '=', no).executeTakeFirstOrThrow();
        return stage.done('office', updateTask, { taskId: id as Id<'tsk'>, version, ...patch } as never);
      };
      expect(await mend(15, { deadlineAt: Date.UTC(2023, 11, 31, 16) })).toMatchObject({ gaps: [], version: 2 });
      await mend(21, { target: 20 });
      await mend(24, { responsible: [{ unitId: stage.unit('城关区政府') }] });
      expectRefused(await stage.run('taskforce.safety', publishCampaign, { campaignId }), 'FORBIDDEN');
      expectRefused(await stage.run('office', publishCampaign, { campaignId, version: 1 }), 'CONFLICT');
      expect(await stage.done('office', publishCampaign, { campaignId })).toMatchObject({ dryRun: false, gaps: [] });
      expect(await stage.db.read.selectFrom('task').select('state').distinct().where('campaign_id', '=', campaignId).execute()).toEqual([{ state: 'published' }]);
    });

    it('shows drafts only to who writes them, and says in every event of a task how far it is', async () => {
      const stage = stageOf(await open());
      const campaignId = await newCampaign(stage);
      const importId = imp((await preview(stage, campaignId)).importId);
      await stage.done('office', mendImport, { importId, mends: [...MENDS] });
      await stage.done('office', commitImport, { importId });
      const rows = async (userName: string) => {
        const coverage = await campaignCoverage(stage.db, await stage.actor(userName), { campaignId }, stage.now());
        return coverage.ok ? coverage.value.tasks.length : coverage.refusal.code;
      };
      const all = async () => Promise.all(['office', 'taskforce.safety', 'leader', 'district.chengguan'].map(rows));
      expect(await all()).toEqual([25, 4, 0, 0]);
      const { id } = await stage.db.read.selectFrom('task').select('id').where('campaign_id', '=', campaignId).where('no', '=', 1).executeTakeFirstOrThrow();
      await stage.done('office', updateTask, { taskId: id as Id<'tsk'>, note: '先易后难' });
      await stage.done('office', publishCampaign, { campaignId });
      const [office, force, leader, district] = await all();
      expect([office, force, leader]).toEqual([25, 4, 25]);
      expect(district).toBeGreaterThan(0);
      const events = await stage.db.read.selectFrom('event').select(['type', 'data']).where('subject_id', '=', id).orderBy('id').execute();
      expect(events.map(({ type, data }) => [type, (JSON.parse(data) as { phase?: string }).phase])).toEqual([
        ['task.created', 'draft'],
        ['task.updated', 'draft'],
        ['task.published', 'announced'],
      ]);
    });

    it('shows a task force its own action and a district its own units', async () => {
      const stage = stageOf(await open());
      const { campaignId } = await publishedPlan(stage);
      const of = async (userName: string) => {
        const coverage = await campaignCoverage(stage.db, await stage.actor(userName), { campaignId }, stage.now());
        if (!coverage.ok) return coverage.refusal.code;
        return coverage.value;
      };
      const safety = await of('taskforce.safety');
      if (typeof safety === 'string') throw new Error(safety);
      expect(safety.tasks.map(({ row }) => row)).toEqual([13, 14, 15, 16]);
      expect(safety.tasks[1]!.unassigned).toHaveLength(12);
      const district = await of('district.chengguan');
      if (typeof district === 'string') throw new Error(district);
      expect(district.units.map(({ shortName }) => shortName)).not.toContain('达孜区');
      expect(district.units.map(({ shortName }) => shortName)).toContain('扎细街道');
      expect(await of('street.zhaxi')).toBe('FORBIDDEN');
    });
  });

  describe('tasks', () => {
    it('are written by their own task force, listed to whom they concern, drafts to nobody else', async () => {
      const stage = stageOf(await open());
      const { campaignId, task } = await publishedPlan(stage);
      const list = async (userName: string, over: Record<string, unknown> = {}) => {
        const found = await listTasks(stage.db, await stage.actor(userName), listTasksSchema.parse({ campaignId, limit: 200, ...over }), stage.now());
        if (!found.ok) throw new Error(found.refusal.code);
        return found.value;
      };
      expect((await list('office')).rows).toHaveLength(25);
      const street = (await list('street.zhaxi')).rows.map(({ no }) => no);
      expect(street).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 14, 15, 17, 18, 19, 20, 21, 23]);
      expect((await list('station.zhaxi')).rows.map(({ no }) => no)).toEqual([7, 9]);
      const page = await list('office', { limit: 10 });
      expect([page.rows.length, page.next]).toEqual([10, '10']);
      expect((await list('office', { limit: 10, cursor: '20' })).rows.map(({ no }) => no)).toEqual([21, 22, 23, 24, 25]);
      expect((await list('taskforce.sanitation', { actionCode: 'sanitation' })).rows.map(({ verbs }) => verbs)).toEqual([
        ['update', 'assign'],
        ['update', 'assign'],
        ['update', 'assign'],
        ['update', 'assign'],
      ]);
      expect((await list('taskforce.sanitation', { actionCode: 'safety' })).rows[0]!.verbs).toEqual([]);

      const input = { campaignId, actionCode: 'safety', what: '液化气瓶检查', target: 30, measure: '家', responsible: [{ text: '各街道办事处' }], leadUnitId: stage.unit('市应急管理局') };
      expectRefused(await stage.run('taskforce.sanitation', createTask, input), 'FORBIDDEN', { actionCode: 'safety' });
      expectRefused(await stage.run('taskforce.safety', createTask, { ...input, actionCode: 'none' }), 'NOT_FOUND');
      expectRefused(await stage.run('taskforce.safety', createTask, { ...input, target: 1.5 }), 'VALIDATION', { field: 'target', rule: 'STEPS' });
      expectRefused(await stage.run('taskforce.safety', createTask, { ...input, responsible: [{ unitId: 'unt_none' }] }), 'VALIDATION', { field: 'responsible', rule: 'UNIT' });
      expectRefused(await stage.run('taskforce.safety', createTask, { ...input, attachments: [{ fileId: 'fil_none', name: '方案' }] }), 'NOT_FOUND', { fileId: 'fil_none' });
      expectRefused(await stage.run('street.zhaxi', createTask, input), 'FORBIDDEN');
      const made = await stage.done('taskforce.safety', createTask, input);
      expect(await stage.run('taskforce.safety', createTask, { ...input, what: '名称异常', measure: 'constructor', responsible: [{ text: 'constructor' }] })).toMatchObject({ ok: true });
      expect(made.no).toBe(26);
      const taskId = made.taskId as Id<'tsk'>;
      expect(await getTask(stage.db, await stage.actor('street.zhaxi'), { taskId }, stage.now())).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
      expect(await getTask(stage.db, await stage.actor('taskforce.safety'), { taskId }, stage.now())).toMatchObject({
        ok: true,
        value: { target: 30, may: { update: true, assign: { code: 'WRONG_STATE' } }, gaps: [{ code: 'no_deadline' }, { code: 'no_standard' }] },
      });
      expectRefused(await stage.run('taskforce.sanitation', updateTask, { taskId, what: '别的' }), 'NOT_FOUND');
      expectRefused(await stage.run('taskforce.sanitation', updateTask, { taskId: (await task(14)).id, what: '别的' }), 'FORBIDDEN');
      expectRefused(await stage.run('taskforce.safety', updateTask, { taskId, version: 9, what: '别的' }), 'CONFLICT');
      expectRefused(await stage.run('taskforce.safety', updateTask, { taskId: (await task(14)).id, acceptanceStandard: '' }), 'GAPS', {
        cells: [{ row: 14, column: 'standard', code: 'no_standard' }],
      });
      expect(await stage.done('taskforce.safety', updateTask, { taskId, version: 1, deadlineAt: Date.UTC(2023, 11, 31, 16), acceptanceStandard: '隐患清零' })).toMatchObject({ version: 2, gaps: [] });
      const dry = await stage.done('office', publishCampaign, { campaignId, dryRun: true });
      expect(dry.create.map(({ row }) => row)).toEqual([26, 27]);
    });
  });
});
