import { readCounters } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { DAY_MS, HOUR_MS, type Id } from '@baxing/kernel';
import { describeEachWorld } from '@baxing/testing';
import { acceptTicket, closeTicket, dispatchTicket, reportTicket, submitTicket, verifyTicket } from '@baxing/tickets/server';
import { beforeEach, describe, expect, it } from 'vitest';
import { listAssignmentsSchema, type Light } from '../src/index.ts';
import {
  acceptAssignment,
  assignTask,
  campaignProgress,
  carriesReportFile,
  getAssignment,
  getTask,
  listAssignments,
  type MadeAssignment,
  publishCampaign,
  reassignAssignment,
  recountCampaignCounters,
  reportProgress,
  returnAssignment,
  reworkAssignment,
  submitAssignment,
  updateTask,
  verifyAssignment,
} from '../src/server/index.ts';
import { expectRefused, publishedPlan, type Stage, stageOf } from './support.ts';

const asg = (id: string): Id<'asg'> => id as Id<'asg'>;

/** `counters verify` of this package: stored equals recounted. */
async function expectCountersTrue({ db }: Stage): Promise<void> {
  const counted = await recountCampaignCounters(db.read);
  const stored = new Map<string, number>();
  const scopes = new Set([...counted.keys()].map((key) => key.split('\n')[0]!));
  for (const scope of scopes) for (const { subject, name, value } of await readCounters(db.read, db.dialect, scope)) stored.set(`${scope}\n${subject}\n${name}`, value);
  const sorted = (map: ReadonlyMap<string, number>) => [...map].filter(([, value]) => value !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  expect(counted.size).toBeGreaterThan(0);
  expect(sorted(stored)).toEqual(sorted(counted));
}

/** The row of an uploaded photo; its bytes are the business of the tickets' tests. */
async function photoBy({ db, now }: Stage, accountId: string, nth: number): Promise<Id<'fil'>> {
  const id = db.newId('fil');
  await db.writer.run((tx) =>
    tx
      .insertInto('file')
      .values({
        id,
        sha256: String(nth).repeat(64),
        media_type: 'image/jpeg',
        bytes: 1,
        width: 1,
        height: 1,
        uploaded_by: accountId,
        uploaded_by_unit: 'unt_test',
        uploaded_at: now(),
        taken_at: null,
        longitude: null,
        latitude: null,
        evidence: '{}',
      })
      .execute(),
  );
  return id;
}

describeEachWorld('assignments', (open) => {
  let stage: Stage;
  let campaignId: Id<'cmp'>;
  let task: Awaited<ReturnType<typeof publishedPlan>>['task'];

  beforeEach(async () => {
    stage = stageOf(await open());
    ({ campaignId, task } = await publishedPlan(stage));
  });

  const twoOf45 = async (): Promise<[MadeAssignment, MadeAssignment]> => {
    const { id, version } = await task(9);
    const { assignments } = await stage.done('taskforce.sanitation', assignTask, {
      taskId: id,
      version,
      split: 'hand',
      note: '先清主干道',
      targets: [
        { unitId: stage.unit('扎细街道办事处'), targetSteps: 25 },
        { unitId: stage.unit('扎细派出所'), targetSteps: 20 },
      ],
    });
    return assignments as [MadeAssignment, MadeAssignment];
  };
  const view = async (userName: string, assignmentId: string) => {
    const found = await getAssignment(stage.db, await stage.actor(userName), { assignmentId });
    if (!found.ok) throw new Error(found.refusal.code);
    return found.value;
  };
  const board = async (userName: string, unit: string, action: string) => {
    const progress = await campaignProgress(stage.db, await stage.actor(userName), { campaignId }, stage.now());
    if (!progress.ok) throw new Error(progress.refusal.code);
    return progress.value.cells.find((cell) => cell.actionCode === action && cell.unitId === stage.unit(unit));
  };

  describe('giving a task out', () => {
    it('J1: to two units by hand, parts sum to 45', async () => {
      const made = await twoOf45();
      expect(made.map(({ targetSteps }) => targetSteps)).toEqual([25, 20]);
      // Four work hours from Tuesday 09:30: 13:00, and half an hour after 15:30.
      expect(made[0].acceptDueAt).toBe(Date.UTC(2023, 10, 28, 8));
      expect(made[0].deadlineAt).toBe(Date.UTC(2023, 11, 10, 16));
      expect(await getTask(stage.db, await stage.actor('taskforce.sanitation'), { taskId: (await task(9)).id }, stage.now())).toMatchObject({
        ok: true,
        value: { allottedSteps: 45, remainingSteps: 0 },
      });
      expect(await view('street.zhaxi', made[0].assignmentId)).toMatchObject({
        state: 'assigned',
        what: '牛皮癣小广告清理',
        target: 25,
        measure: '处',
        note: '先清主干道',
        light: 'green',
        task: { acceptanceStandard: '同一点位7日内不复发' },
        may: { accept: true, return: true, report: { code: 'WRONG_STATE' }, verify: { code: 'FORBIDDEN' } },
      });
      // What was announced is not changed by giving it out.
      expect(await stage.done('office', publishCampaign, { campaignId, dryRun: true })).toMatchObject({ change: [] });
      await expectCountersTrue(stage);
    });

    it('J9: to all twelve streets in one go', async () => {
      const { id } = await task(14);
      const given = await stage.done('taskforce.safety', assignTask, { taskId: id, split: 'equal', group: { unitKind: 'street_office', withinAreaId: stage.place('城关区') } });
      expect(given.assignments.map(({ targetSteps }) => targetSteps)).toEqual([7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 6]);
      expect(new Set(given.assignments.map(({ unitId }) => unitId)).size).toBe(12);
      expect(given.remainingSteps).toBe(0);
      const again = await stage.run('taskforce.safety', assignTask, { taskId: id, group: { unitKind: 'street_office', withinAreaId: stage.place('城关区') } });
      expectRefused(again, 'VALIDATION', { field: 'group', rule: 'EMPTY' });
      const mine = await listAssignments(stage.db, await stage.actor('street.jinzhuxi'), listAssignmentsSchema.parse({}));
      expect(mine).toMatchObject({ ok: true, value: { rows: [{ taskNo: 14, verbs: ['accept', 'return'] }] } });
      await expectCountersTrue(stage);
    });

    it('gives out nothing where nothing is left', async () => {
      const { id } = await task(9);
      await twoOf45();
      const target = { unitId: stage.unit('吉日街道办事处') };
      expectRefused(await stage.run('taskforce.sanitation', assignTask, { taskId: id, targets: [target] }), 'VALIDATION', { field: 'targets', rule: 'REMAINING', remainingSteps: 0 });
      const { id: other } = await task(14);
      expectRefused(await stage.run('taskforce.safety', assignTask, { taskId: other, totalSteps: 0, targets: [target] }), 'VALIDATION', { field: 'targets', rule: 'REMAINING', remainingSteps: 80 });
    });

    it('a task that counts nothing, which is done when it is verified', async () => {
      const { id } = await task(9);
      await stage.done('office', updateTask, { taskId: id, target: 0 });
      const { assignments } = await stage.done('taskforce.sanitation', assignTask, { taskId: id, targets: [{ unitId: stage.unit('扎细街道办事处') }] });
      const assignmentId = asg(assignments[0]!.assignmentId);
      const done = async () => board('leader', '扎细街道办事处', 'sanitation');
      expect(await done()).toMatchObject({ reported: 0, verified: 0 });
      await stage.done('street.zhaxi', acceptAssignment, { assignmentId });
      await stage.done('street.zhaxi', submitAssignment, { assignmentId });
      expect(await done()).toMatchObject({ reported: 1, verified: 0 });
      await stage.done('taskforce.sanitation', verifyAssignment, { assignmentId });
      expect(await done()).toMatchObject({ reported: 1, verified: 1 });
      await expectCountersTrue(stage);
    });

    it('by weight, and in two steps, passing over who has it', async () => {
      const { id } = await task(14);
      const first = await stage.done('taskforce.safety', assignTask, {
        taskId: id,
        split: 'weight',
        totalSteps: 30,
        targets: [
          { unitId: stage.unit('扎细街道办事处'), weight: 2 },
          { unitId: stage.unit('八廓街道办事处'), weight: 1 },
        ],
      });
      expect([first.assignments.map(({ targetSteps }) => targetSteps), first.remainingSteps]).toEqual([[20, 10], 50]);
      const second = await stage.done('taskforce.safety', assignTask, { taskId: id, group: { unitKind: 'street_office', withinAreaId: stage.place('城关区') } });
      expect(second.skipped).toHaveLength(2);
      expect(second.assignments.map(({ targetSteps }) => targetSteps)).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    });

    it('straight to a grid worker', async () => {
      const { id } = await task(9);
      const { postId } = await stage.actor('grid.zhaxi.1');
      const { assignments } = await stage.done('taskforce.sanitation', assignTask, { taskId: id, targets: [{ postId }], deadlineAt: stage.now() + DAY_MS });
      expect(await stage.done('grid.zhaxi.1', acceptAssignment, { assignmentId: asg(assignments[0]!.assignmentId) })).toMatchObject({ state: 'accepted' });
      expect(await getAssignment(stage.db, await stage.actor('grid.zhaxi.2'), { assignmentId: assignments[0]!.assignmentId })).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    });

    it('refuses what does not fit', async () => {
      const { id, version } = await task(9);
      const street = stage.unit('扎细街道办事处');
      const give = (over: Record<string, unknown>, who = 'taskforce.sanitation') => stage.run(who, assignTask, { taskId: id, targets: [{ unitId: street }], ...over } as never);
      expectRefused(await give({}, 'taskforce.safety'), 'FORBIDDEN');
      expectRefused(await give({}, 'street.zhaxi'), 'FORBIDDEN');
      expectRefused(await give({}, 'street.jinzhuxi'), 'NOT_FOUND');
      expectRefused(await give({ taskId: 'tsk_none' }), 'NOT_FOUND');
      expectRefused(await give({ version: version + 1 }), 'CONFLICT', { version });
      expectRefused(await give({ targets: [{ unitId: 'unt_none' }] }), 'VALIDATION', { index: 0, rule: 'UNIT' });
      expectRefused(await give({ targets: [{ postId: 'pst_none' }] }), 'VALIDATION', { index: 0, rule: 'POST' });
      expectRefused(await give({ targets: [{ postId: (await stage.actor('leader')).postId }] }), 'VALIDATION', { index: 0, rule: 'ROLE' });
      expectRefused(await give({ targets: [{ unitId: street }, { unitId: street }] }), 'VALIDATION', { index: 1, rule: 'TWICE' });
      expectRefused(await give({ split: 'hand', targets: [{ unitId: street, targetSteps: 40 }] }), 'VALIDATION', { rule: 'SUM', totalSteps: 45, givenSteps: 40 });
      expectRefused(await give({ totalSteps: 46 }), 'VALIDATION', { rule: 'REMAINING', remainingSteps: 45 });
      expectRefused(await give({ deadlineAt: stage.now() }), 'VALIDATION', { rule: 'PAST' });
      expectRefused(await give({ deadlineAt: stage.now() + 90 * DAY_MS }), 'VALIDATION', { rule: 'AFTER_TASK' });
      expectRefused(await give({ targets: [], group: { unitKind: 'park', withinAreaId: stage.place('城关区') } }), 'VALIDATION', { field: 'group', rule: 'EMPTY' });
      await stage.done('taskforce.sanitation', assignTask, { taskId: id, totalSteps: 10, targets: [{ unitId: street }] });
      expectRefused(await give({}), 'ALREADY_EXISTS', { unitId: street });
      expectRefused(await give({ version }), 'CONFLICT');
      expectRefused(await stage.run('taskforce.sanitation', updateTask, { taskId: id, target: 9 }), 'VALIDATION', { field: 'target', rule: 'BELOW_ALLOTTED', allottedSteps: 10 });
      expectRefused(await stage.run('taskforce.sanitation', updateTask, { taskId: id, measure: '公斤' }), 'VALIDATION', { field: 'measure', rule: 'ASSIGNED' });
      expect(await stage.db.read.selectFrom('assignment').select('target_steps').where('task_id', '=', id).execute()).toEqual([{ target_steps: 10 }]);
    });

    it('never gives out more than there is, whoever is first', async () => {
      const { id } = await task(9);
      const give = (unit: string) => stage.run('taskforce.sanitation', assignTask, { taskId: id, targets: [{ unitId: stage.unit(unit) }] });
      const answers = await Promise.allSettled([give('扎细街道办事处'), give('扎细派出所')]);
      const given = answers.flatMap((answer) => (answer.status === 'fulfilled' && answer.value.ok ? answer.value.value.assignments : []));
      expect(given.reduce((sum, { targetSteps }) => sum + targetSteps, 0)).toBe(45);
      await expectCountersTrue(stage);
    });
  });

  describe('accepting and returning', () => {
    it('belongs to who holds it', async () => {
      const [street, station] = await twoOf45();
      const assignmentId = asg(street.assignmentId);
      expectRefused(await stage.run('street.jinzhuxi', acceptAssignment, { assignmentId }), 'NOT_FOUND');
      expectRefused(await stage.run('station.zhaxi', acceptAssignment, { assignmentId }), 'NOT_FOUND');
      expectRefused(await stage.run('taskforce.safety', acceptAssignment, { assignmentId }), 'NOT_FOUND');
      expectRefused(await stage.run('taskforce.sanitation', acceptAssignment, { assignmentId }), 'FORBIDDEN');
      expectRefused(await stage.run('verify.zhaxi', acceptAssignment, { assignmentId }), 'FORBIDDEN');
      expectRefused(await stage.run('district.chengguan', returnAssignment, { assignmentId, reason: '不属本区' }), 'FORBIDDEN');
      expectRefused(await stage.run('street.zhaxi', acceptAssignment, { assignmentId, version: 2 }), 'CONFLICT', { version: 1 });
      expect(await stage.done('street.zhaxi', acceptAssignment, { assignmentId, version: 1 })).toMatchObject({ state: 'accepted', version: 2 });
      expectRefused(await stage.run('street.zhaxi', acceptAssignment, { assignmentId }), 'WRONG_STATE', { state: 'accepted' });
      expect(await view('station.zhaxi', station.assignmentId)).toMatchObject({ state: 'assigned' });
      await expectCountersTrue(stage);
    });

    it('J6: returns with a reason and is given to another', async () => {
      const [, station] = await twoOf45();
      const assignmentId = asg(station.assignmentId);
      expect(() => returnAssignment.input.parse({ assignmentId, reason: '' })).toThrow();
      expect(await stage.done('station.zhaxi', returnAssignment, { assignmentId, reason: '警力已抽调，请另派' })).toMatchObject({ state: 'returned' });
      expectRefused(await stage.run('station.zhaxi', reportTicket, { longitude: 91.12, latitude: 29.67, assignmentId }), 'WRONG_STATE', { state: 'returned' });
      await expectCountersTrue(stage);
      expect(await view('taskforce.sanitation', assignmentId)).toMatchObject({
        state: 'returned',
        reason: '警力已抽调，请另派',
        light: 'none',
        may: { reassign: true, verify: { code: 'WRONG_STATE' } },
      });
      expect(
        (
          await stage.db.read
            .selectFrom('task')
            .select('allotted_steps')
            .where('id', '=', (await task(9)).id)
            .executeTakeFirst()
        )?.allotted_steps,
      ).toBe(25);
      expect(await board('taskforce.sanitation', '扎细派出所', 'sanitation')).toMatchObject({ held: 0, phases: { back: 1 }, light: 'none' });
      expect(await stage.db.read.selectFrom('clock').select('state').where('subject_id', '=', assignmentId).execute()).toEqual([{ state: 'stopped' }]);

      const target = { unitId: stage.unit('吉日街道办事处') };
      expectRefused(await stage.run('taskforce.safety', reassignAssignment, { assignmentId, targets: [target] }), 'NOT_FOUND');
      expectRefused(await stage.run('station.zhaxi', reassignAssignment, { assignmentId, targets: [target] }), 'FORBIDDEN');
      expectRefused(await stage.run('taskforce.sanitation', reassignAssignment, { assignmentId, targets: [{ unitId: stage.unit('扎细街道办事处') }] }), 'ALREADY_EXISTS');
      expectRefused(await stage.run('taskforce.sanitation', reassignAssignment, { assignmentId, version: 1, targets: [target] }), 'CONFLICT');
      const { old, assignments } = await stage.done('taskforce.sanitation', reassignAssignment, { assignmentId, targets: [target], note: '转派' });
      expect(old.state).toBe('reassigned');
      expect(assignments).toMatchObject([{ targetSteps: 20, unitId: target.unitId }]);
      expect(await view('office', assignments[0]!.assignmentId)).toMatchObject({ replacesId: assignmentId, state: 'assigned' });
      expectRefused(await stage.run('taskforce.sanitation', reassignAssignment, { assignmentId, targets: [target] }), 'WRONG_STATE');
      await expectCountersTrue(stage);
    });

    it('what was returned can also be given out anew from the task', async () => {
      const [, station] = await twoOf45();
      await stage.done('station.zhaxi', returnAssignment, { assignmentId: asg(station.assignmentId), reason: '警力已抽调' });
      const { assignments } = await stage.done('taskforce.sanitation', assignTask, { taskId: (await task(9)).id, targets: [{ unitId: stage.unit('扎细派出所') }] });
      expect(assignments).toMatchObject([{ targetSteps: 20 }]);
    });
  });

  describe('reporting and verifying', () => {
    it('J8: three reports, submitted, partly sent back, finished', async () => {
      const { id } = await task(7);
      const { assignments } = await stage.done('taskforce.traffic', assignTask, {
        taskId: id,
        split: 'hand',
        targets: [
          { unitId: stage.unit('城南大队'), targetSteps: 500 },
          { unitId: stage.unit('扎细派出所'), targetSteps: 300 },
        ],
      });
      const assignmentId = asg(assignments[0]!.assignmentId);
      expectRefused(await stage.run('brigade.chengnan', reportProgress, { assignmentId, value: 1 }), 'WRONG_STATE', { state: 'assigned' });
      await stage.done('brigade.chengnan', acceptAssignment, { assignmentId });
      expectRefused(await stage.run('brigade.chengnan', submitAssignment, { assignmentId }), 'EVIDENCE_MISSING', { rule: 'NO_NUMBER' });
      for (const value of [200, 250, 50]) await stage.done('brigade.chengnan', reportProgress, { assignmentId, value, note: `核查 ${value} 辆` });
      expectRefused(await stage.run('brigade.chengnan', reportProgress, { assignmentId, value: 1.5 }), 'VALIDATION', { rule: 'STEPS' });
      expectRefused(await stage.run('brigade.chengnan', reportProgress, { assignmentId, value: 0 }), 'VALIDATION', { rule: 'ZERO' });
      expectRefused(await stage.run('brigade.chengnan', reportProgress, { assignmentId, value: -5 }), 'VALIDATION', { rule: 'NOTE' });
      expectRefused(await stage.run('brigade.chengnan', reportProgress, { assignmentId, value: 1, fileIds: ['fil_none'] }), 'NOT_FOUND', { fileId: 'fil_none' });
      expectRefused(await stage.run('taskforce.traffic', reportProgress, { assignmentId, value: 1 }), 'FORBIDDEN');
      expectRefused(await stage.run('brigade.chengnan', verifyAssignment, { assignmentId }), 'FORBIDDEN');
      expectRefused(await stage.run('taskforce.traffic', verifyAssignment, { assignmentId }), 'WRONG_STATE', { state: 'accepted' });
      expect(await stage.done('brigade.chengnan', submitAssignment, { assignmentId })).toMatchObject({ state: 'submitted', reportedSteps: 500 });
      expect(await board('leader', '城南大队', 'traffic')).toMatchObject({ reported: 1, verified: 0, phases: { checking: 1 } });

      expectRefused(await stage.run('taskforce.sanitation', verifyAssignment, { assignmentId }), 'NOT_FOUND');
      expectRefused(await stage.run('office', verifyAssignment, { assignmentId }), 'FORBIDDEN');
      expectRefused(await stage.run('taskforce.traffic', verifyAssignment, { assignmentId, acceptedSteps: 501 }), 'VALIDATION', { rule: 'RANGE', from: 0, to: 500 });
      expectRefused(await stage.run('taskforce.traffic', verifyAssignment, { assignmentId, acceptedSteps: 420 }), 'VALIDATION', { field: 'note', rule: 'NEEDED' });
      expect(await stage.done('taskforce.traffic', verifyAssignment, { assignmentId, acceptedSteps: 420, note: '80 辆无台账' })).toMatchObject({
        state: 'sent_back',
        verifiedSteps: 420,
        reportedSteps: 420,
      });
      expect(await view('brigade.chengnan', assignmentId)).toMatchObject({
        round: 1,
        reason: '80 辆无台账',
        reports: [{ value: 200 }, { value: 250 }, { value: 50 }],
        may: { report: true, submit: true, return: { code: 'WRONG_STATE' } },
      });
      expectRefused(await stage.run('brigade.chengnan', submitAssignment, { assignmentId }), 'EVIDENCE_MISSING');
      expectRefused(await stage.run('brigade.chengnan', reportProgress, { assignmentId, value: -1, note: '更正' }), 'VALIDATION', { rule: 'BELOW_VERIFIED' });
      await stage.done('brigade.chengnan', reportProgress, { assignmentId, value: 85, note: '补台账' });
      await stage.done('brigade.chengnan', reportProgress, { assignmentId, value: -5, note: '重复登记更正' });
      await stage.done('brigade.chengnan', submitAssignment, { assignmentId });
      expectRefused(await stage.run('taskforce.traffic', reworkAssignment, { assignmentId, version: 1, reason: '台账照片不清' }), 'CONFLICT');
      expectRefused(await stage.run('brigade.chengnan', reworkAssignment, { assignmentId, reason: '台账照片不清' }), 'FORBIDDEN');
      expect(await stage.done('taskforce.traffic', reworkAssignment, { assignmentId, reason: '台账照片不清' })).toMatchObject({ state: 'sent_back', reportedSteps: 420 });
      await stage.done('brigade.chengnan', reportProgress, { assignmentId, value: 80 });
      await stage.done('brigade.chengnan', submitAssignment, { assignmentId });
      expect(await stage.done('taskforce.traffic', verifyAssignment, { assignmentId })).toMatchObject({ state: 'verified', verifiedSteps: 500 });
      expectRefused(await stage.run('taskforce.traffic', verifyAssignment, { assignmentId }), 'WRONG_STATE');
      expect(await board('leader', '城南大队', 'traffic')).toMatchObject({ verified: 1, phases: { done: 1 }, light: 'green' });
      expect(await getTask(stage.db, await stage.actor('leader'), { taskId: id }, stage.now())).toMatchObject({ ok: true, value: { verifiedSteps: 500, reportedSteps: 500 } });
      const events = await stage.db.read.selectFrom('event').select('type').where('subject_id', '=', assignmentId).orderBy('id').execute();
      expect(events.map(({ type }) => type.replace('assignment.', ''))).toEqual([
        ...['assigned', 'accepted', 'reported', 'reported', 'reported', 'submitted', 'partlyVerified', 'reported', 'reported', 'submitted', 'sentBack', 'reported', 'submitted', 'verified'],
      ]);
      await expectCountersTrue(stage);
    });

    it('shows a report’s photo, and a task’s attachment, to who may see them', async () => {
      const [street] = await twoOf45();
      const assignmentId = asg(street.assignmentId);
      await stage.done('street.zhaxi', acceptAssignment, { assignmentId });
      const mine = await photoBy(stage, (await stage.actor('street.zhaxi')).accountId, 1);
      const foreign = await photoBy(stage, (await stage.actor('station.zhaxi')).accountId, 2);
      expectRefused(await stage.run('street.zhaxi', reportProgress, { assignmentId, value: 1, fileIds: [foreign] }), 'NOT_FOUND', { fileId: foreign });
      await stage.done('street.zhaxi', reportProgress, { assignmentId, value: 1, fileIds: [mine] });
      const plan = await photoBy(stage, (await stage.actor('taskforce.sanitation')).accountId, 3);
      await stage.done('taskforce.sanitation', updateTask, { taskId: (await task(9)).id, attachments: [{ fileId: plan, name: '点位图' }] });
      const sees = async (who: string, fileId: string): Promise<boolean> => carriesReportFile(stage.db, await stage.actor(who), fileId);
      expect([await sees('street.zhaxi', mine), await sees('taskforce.sanitation', mine), await sees('leader', mine)]).toEqual([true, true, true]);
      expect([await sees('station.zhaxi', mine), await sees('taskforce.safety', mine), await sees('leader', foreign)]).toEqual([false, false, false]);
      expect([await sees('station.zhaxi', plan), await sees('street.jinzhuxi', plan)]).toEqual([true, false]);
    });

    it('counts kilograms in grams', async () => {
      const { id } = await task(11);
      const unitId = stage.unit('达孜区城市管理局');
      const { assignments } = await stage.done('taskforce.sanitation', assignTask, { taskId: id, targets: [{ unitId }] });
      expect(await view('office', assignments[0]!.assignmentId)).toMatchObject({ targetSteps: 38_744_600, target: 38_744.6, measure: '公斤', scale: 3 });
    });
  });

  describe('time', () => {
    it('finds late acceptance by the clock alone', async () => {
      const [street] = await twoOf45();
      const assignmentId = street.assignmentId;
      const light = async (): Promise<Light | undefined> => (await board('leader', '扎细街道办事处', 'sanitation'))?.light;
      expect(await light()).toBe('green');
      await stage.world.advance(6 * HOUR_MS + 29 * 60_000); // 15:59
      expect(await view('street.zhaxi', assignmentId)).toMatchObject({ warned: true, acceptLate: false, light: 'yellow' });
      await stage.world.advance(60_000); // 16:00
      expect(await view('street.zhaxi', assignmentId)).toMatchObject({ acceptLate: true, light: 'yellow' });
      expect(await light()).toBe('yellow');
      await stage.done('street.zhaxi', acceptAssignment, { assignmentId: asg(assignmentId) });
      expect(await view('street.zhaxi', assignmentId)).toMatchObject({ acceptLate: true, state: 'accepted', light: 'green' });
      expect(await light()).toBe('green');
      const events = await stage.db.read.selectFrom('event').select('type').where('subject_id', '=', assignmentId).orderBy('id').execute();
      expect(events.map(({ type }) => type)).toEqual(['assignment.assigned', 'assignment.acceptDueSoon', 'assignment.acceptLate', 'assignment.accepted']);
      await expectCountersTrue(stage);
    });

    it('knows a late acceptance that no timer told yet', async () => {
      const [street] = await twoOf45();
      stage.world.clock.advance(7 * HOUR_MS);
      await stage.done('street.zhaxi', acceptAssignment, { assignmentId: asg(street.assignmentId) });
      await stage.world.advance(0);
      expect(await view('street.zhaxi', street.assignmentId)).toMatchObject({ acceptLate: true, state: 'accepted' });
      await expectCountersTrue(stage);
    });

    it('turns yellow two days before the deadline, red at its end, and neither once it is submitted', async () => {
      const [street, station] = await twoOf45();
      for (const [who, { assignmentId }] of [
        ['street.zhaxi', street],
        ['station.zhaxi', station],
      ] as const)
        await stage.done(who, acceptAssignment, { assignmentId: asg(assignmentId) });
      stage.world.clock.set(Date.UTC(2023, 11, 8, 16));
      await stage.world.advance(0);
      expect(await board('leader', '扎细街道办事处', 'sanitation')).toMatchObject({ light: 'yellow', warned: 1 });
      await stage.done('station.zhaxi', reportProgress, { assignmentId: asg(station.assignmentId), value: 20 });
      await stage.done('station.zhaxi', submitAssignment, { assignmentId: asg(station.assignmentId) });
      stage.world.clock.set(Date.UTC(2023, 11, 10, 16) - 1);
      await stage.world.advance(0);
      expect(await view('street.zhaxi', street.assignmentId)).toMatchObject({ late: false });
      await stage.world.advance(1);
      expect(await view('street.zhaxi', street.assignmentId)).toMatchObject({ late: true, light: 'red' });
      expect(await board('leader', '扎细街道办事处', 'sanitation')).toMatchObject({ light: 'red', late: 1 });
      expect(await view('station.zhaxi', station.assignmentId)).toMatchObject({ late: false, light: 'green' });
      await stage.done('taskforce.sanitation', reworkAssignment, { assignmentId: asg(station.assignmentId), reason: '复发两处' });
      expect(await view('station.zhaxi', station.assignmentId)).toMatchObject({ late: true, light: 'red' });
      await expectCountersTrue(stage);
    });
  });

  describe('time that no timer has told yet', () => {
    it('makes late what is handed in, or given back, after the deadline', async () => {
      const [street, station] = await twoOf45();
      await stage.done('street.zhaxi', acceptAssignment, { assignmentId: asg(street.assignmentId) });
      await stage.done('street.zhaxi', reportProgress, { assignmentId: asg(street.assignmentId), value: 25 });
      stage.world.clock.set(street.deadlineAt! + 14 * HOUR_MS);
      await stage.done('street.zhaxi', submitAssignment, { assignmentId: asg(street.assignmentId) });
      await stage.done('station.zhaxi', returnAssignment, { assignmentId: asg(station.assignmentId), reason: '警力已抽调' });
      await stage.world.advance(0);
      expect(await view('street.zhaxi', street.assignmentId)).toMatchObject({ state: 'submitted', late: true });
      expect(await view('station.zhaxi', station.assignmentId)).toMatchObject({ state: 'returned', late: true });
      await expectCountersTrue(stage);
    });

    it('warns again of what is sent back shortly before the deadline', async () => {
      const [street, station] = await twoOf45();
      for (const [who, { assignmentId, targetSteps }] of [
        ['street.zhaxi', street],
        ['station.zhaxi', station],
      ] as const) {
        await stage.done(who, acceptAssignment, { assignmentId: asg(assignmentId) });
        await stage.done(who, reportProgress, { assignmentId: asg(assignmentId), value: targetSteps });
        await stage.done(who, submitAssignment, { assignmentId: asg(assignmentId) });
      }
      stage.world.clock.set(street.deadlineAt! - 2 * DAY_MS);
      await stage.world.advance(0);
      await stage.done('taskforce.sanitation', reworkAssignment, { assignmentId: asg(street.assignmentId), reason: '复发两处' });
      await stage.done('taskforce.sanitation', verifyAssignment, { assignmentId: asg(station.assignmentId), acceptedSteps: 15, note: '5 处未清' });
      expect(await view('street.zhaxi', street.assignmentId)).toMatchObject({ warned: true, late: false, light: 'yellow' });
      expect(await view('station.zhaxi', station.assignmentId)).toMatchObject({ warned: true, late: false, light: 'yellow' });
      stage.world.clock.set(street.deadlineAt!);
      await stage.world.advance(0);
      expect(await view('street.zhaxi', street.assignmentId)).toMatchObject({ late: true, light: 'red' });
      await expectCountersTrue(stage);
    });

    it('does not warn of what is sent back early', async () => {
      const [street] = await twoOf45();
      const assignmentId = asg(street.assignmentId);
      await stage.done('street.zhaxi', acceptAssignment, { assignmentId });
      await stage.done('street.zhaxi', reportProgress, { assignmentId, value: 25 });
      await stage.done('street.zhaxi', submitAssignment, { assignmentId });
      await stage.done('taskforce.sanitation', reworkAssignment, { assignmentId, reason: '复发两处' });
      expect(await view('street.zhaxi', assignmentId)).toMatchObject({ warned: false, light: 'green' });
      stage.world.clock.set(street.deadlineAt! - 2 * DAY_MS);
      await stage.world.advance(0);
      expect(await view('street.zhaxi', assignmentId)).toMatchObject({ warned: true, light: 'yellow' });
    });
  });

  describe('tickets under an assignment', () => {
    it('move the board in the same transaction', async () => {
      const [street] = await twoOf45();
      const assignmentId = asg(street.assignmentId);
      await stage.done('street.zhaxi', acceptAssignment, { assignmentId });
      const worker = await stage.actor('grid.zhaxi.1');
      const centre = stage.db.caches.get(placeCache).area(worker.areaId!, stage.now())!.bounds;
      const [longitude, latitude] = [(centre[0] + centre[2]) / 2, (centre[1] + centre[3]) / 2];
      const tickets: Id<'tkt'>[] = [];
      for (const text of ['电线杆小广告', '墙面小广告', '单元门小广告'])
        tickets.push((await stage.done('street.zhaxi', reportTicket, { longitude, latitude, text, assignmentId })).ticketId as Id<'tkt'>);
      expect(await board('taskforce.sanitation', '扎细街道办事处', 'sanitation')).toMatchObject({ ticketsOpen: 3, ticketsClosed: 0 });
      await stage.done('street.zhaxi', dispatchTicket, { ticketId: tickets[0]!, workerPostId: worker.postId });
      await stage.done('grid.zhaxi.1', acceptTicket, { ticketId: tickets[0]! });
      const photos = await Promise.all((['before', 'after'] as const).map(async (stageOfWork, i) => ({ fileId: await photoBy(stage, worker.accountId, i), stage: stageOfWork })));
      await stage.done('grid.zhaxi.1', submitTicket, { ticketId: tickets[0]!, photos });
      await stage.done('verify.zhaxi', verifyTicket, { ticketId: tickets[0]! });
      expect(await view('street.zhaxi', assignmentId)).toMatchObject({ ticketsOpen: 3, ticketsClosed: 0 });
      await stage.done('verify.zhaxi', closeTicket, { ticketId: tickets[0]! });
      expect(await view('street.zhaxi', assignmentId)).toMatchObject({ ticketsOpen: 2, ticketsClosed: 1 });
      expect(await board('taskforce.sanitation', '扎细街道办事处', 'sanitation')).toMatchObject({ ticketsOpen: 2, ticketsClosed: 1 });
      await expectCountersTrue(stage);
    });
  });

  describe('who sees what', () => {
    it('lists to a district what it may open, also after it came under another city', async () => {
      const [street] = await twoOf45();
      const district = await stage.actor('district.chengguan');
      await stage.db.writer.run((tx) => tx.updateTable('assignment').set({ area_path: `/jur_former/${district.areaId!}/jur_street/` }).where('id', '=', street.assignmentId).execute());
      expect(await getAssignment(stage.db, district, { assignmentId: street.assignmentId })).toMatchObject({ ok: true });
      const listed = await listAssignments(stage.db, district, listAssignmentsSchema.parse({ campaignId }));
      expect(listed.ok && listed.value.rows.map(({ assignmentId }) => assignmentId)).toContain(street.assignmentId);
    });

    it('keeps lists and boards to the reader’s sight', async () => {
      const [street] = await twoOf45();
      await stage.done('taskforce.safety', assignTask, { taskId: (await task(14)).id, group: { unitKind: 'street_office', withinAreaId: stage.place('城关区') } });
      const seen = async (who: string, over: Record<string, unknown> = {}) => {
        const found = await listAssignments(stage.db, await stage.actor(who), listAssignmentsSchema.parse({ campaignId, limit: 200, ...over }));
        return found.ok ? found.value.rows.length : found.refusal.code;
      };
      expect(await seen('leader')).toBe(14);
      expect(await seen('taskforce.sanitation')).toBe(2);
      expect(await seen('street.zhaxi')).toBe(2);
      expect(await seen('station.zhaxi')).toBe(1);
      expect(await seen('grid.zhaxi.1')).toBe(0);
      expect(await seen('district.chengguan')).toBe(14);
      expect(await seen('admin')).toBe('FORBIDDEN');
      expect(await seen('leader', { actionCode: 'sanitation', unitId: stage.unit('扎细街道办事处') })).toBe(1);
      expect(await seen('leader', { states: ['accepted'] })).toBe(0);
      const first = await listAssignments(stage.db, await stage.actor('leader'), listAssignmentsSchema.parse({ campaignId, limit: 5 }));
      if (!first.ok) throw new Error(first.refusal.code);
      const rest = await listAssignments(stage.db, await stage.actor('leader'), listAssignmentsSchema.parse({ campaignId, limit: 200, cursor: first.value.next! }));
      expect(rest).toMatchObject({ ok: true, value: { next: null } });
      expect(rest.ok && rest.value.rows.length).toBe(9);
      expect(await getAssignment(stage.db, await stage.actor('street.jinzhuxi'), { assignmentId: street.assignmentId })).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
      const cells = async (who: string) => {
        const progress = await campaignProgress(stage.db, await stage.actor(who), { campaignId }, stage.now());
        return progress.ok ? progress.value.cells.length : progress.refusal.code;
      };
      expect([await cells('leader'), await cells('street.zhaxi'), await cells('station.zhaxi'), await cells('admin')]).toEqual([14, 3, 1, 'FORBIDDEN']);
    });
  });
});
