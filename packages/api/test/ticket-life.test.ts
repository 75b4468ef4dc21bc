import { createAccount } from '@baxing/identity/server';
import { systemCall } from '@baxing/api';
import type { Id } from '@baxing/kernel';
import { TICKET_VERBS, TRANSITIONS, type TicketVerb } from '@baxing/tickets';
import { type Caller, describeEachWorld, refusalOf, type World, WORLD_PASSWORD } from '@baxing/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cast, castOf, eventsOf, evidenceOf, expectRefusal, photoOf, pointIn, type Reached, ticketAt, tkt } from './support.ts';

const HOUR = 3_600_000;

describeEachWorld('the life of a ticket', (open) => {
  let world: World;
  let cast: Cast;
  let standards: { id: string; limitValue: number; limitUnit: string }[];
  beforeAll(async () => {
    world = await open();
    cast = await castOf(world);
    standards = (await cast.street.categories.list({})).categories.flatMap((category) => [...category.standards]);
  });
  const standard = (unit: string, value: number): Id<'std'> => standards.find((one) => one.limitUnit === unit && one.limitValue === value)!.id as Id<'std'>;
  const act = (caller: Caller, verb: TicketVerb, ticketId: Id<'tkt'>, version?: number): Promise<{ state: string; version: number }> => {
    const target = { commandId: world.id(), ticketId, ...(version === undefined ? {} : { version }) };
    switch (verb) {
      case 'assign':
        return caller.tickets.assign({ ...target, workerPostId: cast.ids.otherWorker });
      case 'return':
      case 'rework':
        return caller.tickets[verb]({ ...target, reason: '照片看不清' });
      default:
        return caller.tickets[verb](target);
    }
  };

  it('goes from report to closing, and history and answers tell each step', async () => {
    const { street, worker, verifier, ids } = cast;
    const at = world.clock.now();
    const reported = await street.tickets.report({ commandId: world.id(), ...pointIn(world, ids.grid), text: ' 巷口积存垃圾 ', place: '扎细路' });
    const ticketId = tkt(reported.ticketId);
    expect(reported).toMatchObject({ state: 'pending_dispatch', version: 1, gridId: ids.grid, streetId: ids.zhaxiArea, territorialUnitId: ids.zhaxi });
    expect(reported.no).toMatch(/^20231128-\d{8}$/);
    const dispatched = await street.tickets.dispatch({ commandId: world.id(), ticketId, workerPostId: ids.worker, note: '请尽快' });
    expect(dispatched).toMatchObject({ state: 'dispatched', version: 2, unitId: ids.zhaxi, workerPostId: ids.worker });
    expect(await act(worker, 'accept', ticketId)).toEqual({ ticketId, state: 'handling', version: 3 });
    expect(await worker.tickets.submit({ commandId: world.id(), ticketId, note: '已清', photos: await evidenceOf(world, 'grid.zhaxi.1') })).toEqual({ ticketId, state: 'submitted', version: 4 });
    expect(await act(verifier, 'rework', ticketId)).toEqual({ ticketId, state: 'handling', version: 5 });
    expect(await worker.tickets.submit({ commandId: world.id(), ticketId, photos: [await photoOf(world, 'grid.zhaxi.1', 'after')] })).toMatchObject({ version: 6 });
    expect(await act(verifier, 'verify', ticketId)).toEqual({ ticketId, state: 'verified', version: 7 });
    expect(await act(verifier, 'close', ticketId)).toEqual({ ticketId, state: 'closed', version: 8 });

    const { ticket, photos, deadline, posts } = await verifier.tickets.get({ ticketId });
    expect(ticket).toMatchObject({
      id: ticketId,
      no: reported.no,
      state: 'closed',
      version: 8,
      text: '巷口积存垃圾',
      rework_count: 1,
      reported_at: at,
      dispatched_at: at,
      closed_at: at,
      clock_state: 'stopped',
      late: 0,
    });
    expect(photos.map(({ stage, round }) => `${stage} ${round}`)).toEqual(['before 0', 'after 0', 'after 1']);
    expect(deadline).toMatchObject({ startedAt: at, dueAt: ticket.due_at });
    expect(posts[ids.worker]).toMatchObject({ title: '扎细街道网格员岗一', workNumber: 'WG0501', unitId: ids.zhaxi });

    const { entries } = await verifier.tickets.history({ ticketId });
    expect(entries.map(({ type }) => type.replace('ticket.', ''))).toEqual(['reported', 'dispatched', 'accepted', 'submitted', 'reworked', 'submitted', 'verified', 'closed']);
    expect(entries.map(({ data }) => `${String(data['from'])}>${String(data['to'])}`)).toEqual([
      'null>pending_dispatch',
      'pending_dispatch>dispatched',
      'dispatched>handling',
      'handling>submitted',
      'submitted>handling',
      'handling>submitted',
      'submitted>verified',
      'verified>closed',
    ]);
    expect(entries[1]).toMatchObject({ postTitle: '扎细街道承办岗', origin: '127.0.0.1', at, data: { note: '请尽快', dueAt: ticket.due_at, version: 2 } });
    expect(entries[4]!.data).toMatchObject({ reason: '照片看不清' });
  });

  describe('a verb in the wrong state', () => {
    const REACHED: Readonly<Record<string, Reached>> = { pending_dispatch: 'reported', dispatched: 'dispatched', handling: 'handling', submitted: 'submitted', verified: 'verified', closed: 'closed' };
    const byVerb: Readonly<Record<TicketVerb, (cast: Cast) => Caller>> = {
      dispatch: ({ street }) => street,
      assign: ({ street }) => street,
      accept: ({ worker }) => worker,
      return: ({ worker }) => worker,
      submit: ({ worker }) => worker,
      verify: ({ verifier }) => verifier,
      rework: ({ verifier }) => verifier,
      close: ({ verifier }) => verifier,
    };
    it.each(Object.entries(REACHED))('%s: every verb that does not start there is refused and changes nothing', async (state, until) => {
      const ticketId = await ticketAt(world, cast, until);
      const before = await eventsOf(world, ticketId);
      const { may, ticket } = await cast.street.tickets.get({ ticketId });
      expect(ticket.state).toBe(state);
      for (const verb of TICKET_VERBS) {
        const { from } = TRANSITIONS.find((row) => row.verb === verb)!;
        if (from.includes(state as never)) continue;
        const caller = byVerb[verb](cast);
        const seen = await refusalOf(act(caller, verb, ticketId));
        // Before dispatch the ticket does not exist for the worker.
        if (state === 'pending_dispatch' && caller === cast.worker) expect(seen).toMatchObject({ code: 'NOT_FOUND' });
        else expect(seen).toEqual({ code: 'WRONG_STATE', details: { state, verb, from } });
        expect(may[verb]).not.toBe(true);
      }
      expect(await eventsOf(world, ticketId)).toEqual(before);
    });
  });

  it('is refused to who is not part of it: unseen is NOT_FOUND, seen but not allowed is FORBIDDEN', async () => {
    const ticketId = await ticketAt(world, cast, 'dispatched');
    for (const stranger of [cast.otherStreet, cast.otherWorker, cast.officer]) {
      await expectRefusal(stranger.tickets.get({ ticketId }), 'NOT_FOUND', { ticketId });
      await expectRefusal(stranger.tickets.history({ ticketId }), 'NOT_FOUND', { ticketId });
      await expectRefusal(act(stranger, 'accept', ticketId), 'NOT_FOUND', { ticketId });
    }
    await expectRefusal(act(cast.verifier, 'accept', ticketId), 'FORBIDDEN', { verb: 'tickets.accept' });
    await expectRefusal(act(cast.dispatcher, 'accept', ticketId), 'FORBIDDEN');
    await expectRefusal(act(await world.as('leader'), 'dispatch', ticketId), 'FORBIDDEN');
    await expectRefusal(act(await world.as('admin'), 'close', ticketId), 'FORBIDDEN');
    await expectRefusal(cast.worker.tickets.get({ ticketId: tkt('tkt_nothing') }), 'NOT_FOUND', { ticketId: 'tkt_nothing' });
    const { may } = await cast.verifier.tickets.get({ ticketId });
    expect(may.accept).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('lets the street see but not handle what another unit of its area has', async () => {
    const ticketId = await ticketAt(world, cast, 'reported');
    await cast.street.tickets.dispatch({ commandId: world.id(), ticketId, unitId: cast.ids.stationUnit });
    expect((await cast.street.tickets.get({ ticketId })).ticket.unit_id).toBe(cast.ids.stationUnit);
    await expectRefusal(act(cast.street, 'accept', ticketId), 'FORBIDDEN', { party: 'handler' });
    expect(await act(cast.station, 'accept', ticketId)).toMatchObject({ state: 'handling' });
    await expectRefusal(act(cast.street, 'return', ticketId), 'FORBIDDEN', { party: 'handler' });
  });

  describe('separation of work and check', () => {
    it('keeps a handler from checking his own work, in another post of the same account too', async () => {
      const call = { ...systemCall(world.clock.now()) };
      const post = (role: 'grid_worker' | 'verifier', title: string, areaId: Id<'jur'>) => ({ role, title, workNumber: 'WG0599', unitId: cast.ids.zhaxi, areaId, actionCode: null });
      const made = await createAccount(
        world.db,
        call,
        { userName: 'double.zhaxi', password: WORLD_PASSWORD, posts: [post('grid_worker', '网格员岗', cast.ids.grid), post('verifier', '核查岗', cast.ids.zhaxiArea)] },
        { mustChangePassword: false, anyPassword: true },
      );
      expect(made.ok).toBe(true);
      const asWorker = await world.as('double.zhaxi');
      const { post: own, posts } = await asWorker.auth.me();
      const ticketId = await ticketAt(world, cast, 'reported');
      await cast.street.tickets.dispatch({ commandId: world.id(), ticketId, workerPostId: own.postId });
      await act(asWorker, 'accept', ticketId);
      await asWorker.tickets.submit({ commandId: world.id(), ticketId, photos: await evidenceOf(world, 'double.zhaxi') });
      await expectRefusal(act(asWorker, 'verify', ticketId), 'FORBIDDEN');
      await asWorker.auth.switchPost({ postId: posts.find(({ role }) => role === 'verifier')!.postId });
      const asVerifier = await world.as('double.zhaxi');
      expect((await asVerifier.tickets.get({ ticketId })).may.verify).toEqual({ code: 'SEPARATION', details: { rule: 'person' } });
      await expectRefusal(act(asVerifier, 'verify', ticketId), 'SEPARATION', { rule: 'person' });
      await expectRefusal(act(asVerifier, 'rework', ticketId), 'SEPARATION', { rule: 'person' });
      expect(await act(cast.verifier, 'verify', ticketId)).toMatchObject({ state: 'verified' });
    });

    it("keeps a street's whole unit from checking what its desk handled; the district may", async () => {
      const ticketId = await ticketAt(world, cast, 'reported');
      await cast.street.tickets.dispatch({ commandId: world.id(), ticketId, unitId: cast.ids.zhaxi });
      await act(cast.street, 'accept', ticketId);
      await cast.street.tickets.submit({ commandId: world.id(), ticketId, photos: await evidenceOf(world, 'street.zhaxi') });
      await expectRefusal(act(cast.street, 'verify', ticketId), 'SEPARATION', { rule: 'person' });
      await expectRefusal(act(cast.verifier, 'verify', ticketId), 'SEPARATION', { rule: 'unit' });
      expect(await act(await world.as('district.chengguan'), 'verify', ticketId)).toMatchObject({ state: 'verified' });
    });

    it('remembers who accepted before the ticket went to someone else', async () => {
      const ticketId = await ticketAt(world, cast, 'reported');
      await cast.street.tickets.dispatch({ commandId: world.id(), ticketId, unitId: cast.ids.zhaxi });
      await act(cast.street, 'accept', ticketId);
      await cast.street.tickets.assign({ commandId: world.id(), ticketId, workerPostId: cast.ids.worker });
      await act(cast.worker, 'accept', ticketId);
      await cast.worker.tickets.submit({ commandId: world.id(), ticketId, photos: await evidenceOf(world, 'grid.zhaxi.1') });
      await expectRefusal(act(cast.street, 'verify', ticketId), 'SEPARATION');
    });
  });

  it('refuses a stale version and takes the present one', async () => {
    const ticketId = await ticketAt(world, cast, 'dispatched');
    await expectRefusal(act(cast.worker, 'accept', ticketId, 1), 'CONFLICT', { version: 2, given: 1 });
    expect(await act(cast.worker, 'accept', ticketId, 2)).toMatchObject({ version: 3 });
  });

  it('lets one of two accepts at once win and refuses the other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ticketId = await ticketAt(world, cast, 'dispatched');
      const both = await Promise.allSettled([act(cast.worker, 'accept', ticketId), act(cast.street, 'accept', ticketId)]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const lost = both.find((one) => one.status === 'rejected')!;
      expect(['CONFLICT', 'WRONG_STATE']).toContain((await refusalOf(Promise.reject(lost.reason as Error))).code);
      expect((await eventsOf(world, ticketId)).filter(({ type }) => type === 'ticket.accepted')).toHaveLength(1);
    }
  });

  it('answers a replay with the first answer and changes nothing', async () => {
    const ticketId = await ticketAt(world, cast, 'dispatched');
    const command = { commandId: world.id(), ticketId };
    const [first, twin] = await Promise.all([cast.worker.tickets.accept(command), cast.worker.tickets.accept({ ...command, commandId: command.commandId.toUpperCase() })]);
    expect(twin).toEqual(first);
    expect(await cast.worker.tickets.accept(command)).toEqual(first);
    expect((await eventsOf(world, ticketId)).filter(({ type }) => type === 'ticket.accepted')).toHaveLength(1);
    await expectRefusal(cast.worker.tickets.accept({ ...command, version: 9 }), 'COMMAND_ID_REUSED', {});
    await expectRefusal(cast.street.tickets.accept(command), 'COMMAND_ID_REUSED', {});
    await expectRefusal(cast.worker.tickets.return({ ...command, reason: '换个动作' }), 'COMMAND_ID_REUSED', {});
    const report = { commandId: world.id(), ...pointIn(world, cast.ids.grid), text: '只报一次' };
    const [one, two] = await Promise.all([cast.street.tickets.report(report), cast.street.tickets.report(report)]);
    expect(two.ticketId).toBe(one.ticketId);
    expect((await cast.street.tickets.list({ text: '只报一次' })).rows).toHaveLength(1);
  });

  it('answers a replay of a refused command with the same refusal, even when it would pass now', async () => {
    const ticketId = await ticketAt(world, cast, 'reported');
    const command = { commandId: world.id(), ticketId, reason: '不归我管' };
    await expectRefusal(cast.street.tickets.return(command), 'WRONG_STATE');
    await cast.street.tickets.dispatch({ commandId: world.id(), ticketId, unitId: cast.ids.zhaxi });
    await expectRefusal(cast.street.tickets.return(command), 'WRONG_STATE', { state: 'pending_dispatch', verb: 'return', from: ['dispatched', 'handling'] });
  });

  it('keeps emoji, Tibetan and line breaks as written, in NFC', async () => {
    const text = '垃圾🔥成堆\nབཀྲ་ཤིས་བདེ་ལེགས། Cafe\u0301';
    const ticketId = await ticketAt(world, cast, 'reported', { text, place: '𠮷祥巷👨‍👩‍👧 3号' });
    const { ticket } = await cast.street.tickets.get({ ticketId });
    expect([ticket.text, ticket.place]).toEqual([text.normalize('NFC'), '𠮷祥巷👨‍👩‍👧 3号']);
    for (const query of ['བཀྲ་ཤིས', '成堆', 'café', '𠮷祥', '🔥', '堆\nབཀྲ', '👨‍👩‍👧 3'])
      expect(
        (await cast.street.tickets.list({ text: query })).rows.map(({ id }) => id),
        query,
      ).toEqual([ticketId]);
  });

  it.each([
    [{ longitude: 88, latitude: 29.67 }, 'OUTSIDE_AREA'],
    [{ longitude: 0, latitude: 0 }, 'OUTSIDE_AREA'],
    [{ longitude: 181, latitude: 29.67 }, 'VALIDATION'],
    [{ longitude: Number.NaN, latitude: 29.67 }, 'VALIDATION'],
    [{ text: 'a\u0000b' }, 'VALIDATION'],
    [{ text: 'a\ud800b' }, 'VALIDATION'],
    [{ text: '长'.repeat(2001) }, 'VALIDATION'],
    [{ categoryId: 'cat_unknown' as Id<'cat'> }, 'VALIDATION'],
    [{ filingStandardId: 'std_unknown' as Id<'std'> }, 'VALIDATION'],
    [{ assignmentId: 'asg_unknown' as Id<'asg'> }, 'NOT_FOUND'],
    [{ photos: [{ fileId: 'fil_unknown' as Id<'fil'>, stage: 'scene' as const }] }, 'NOT_FOUND'],
  ] as const)('refuses a report with %o', async (over, code) => {
    const count = async (): Promise<number> =>
      Number(
        (
          await world.db.read
            .selectFrom('ticket')
            .select((eb) => eb.fn.countAll<number>().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      );
    const before = await count();
    await expectRefusal(cast.street.tickets.report({ commandId: world.id(), ...pointIn(world, cast.ids.grid), ...(over as object) }), code);
    expect(await count()).toBe(before);
  });

  it('takes a photo only from the account that uploaded it', async () => {
    const photo = await photoOf(world, 'grid.zhaxi.2', 'scene');
    await expectRefusal(cast.worker.tickets.report({ commandId: world.id(), ...pointIn(world, cast.ids.grid), photos: [photo] }), 'NOT_FOUND', { fileId: photo.fileId });
  });

  describe('dispatch', () => {
    it('finds the unit of the place when no receiver is named', async () => {
      const ticketId = await ticketAt(world, cast, 'reported', pointIn(world, cast.ids.jinzhuxiArea));
      expect(await cast.dispatcher.tickets.dispatch({ commandId: world.id(), ticketId })).toMatchObject({ unitId: cast.ids.jinzhuxi, workerPostId: null });
    });

    it('refuses receivers that do not exist, do not fit together, take no tickets, or are beyond reach', async () => {
      const ticketId = await ticketAt(world, cast, 'reported');
      const { post } = await cast.verifier.auth.me();
      const send = (to: { unitId?: Id<'unt'>; workerPostId?: Id<'pst'> }, caller = cast.street) => caller.tickets.dispatch({ commandId: world.id(), ticketId, ...to });
      await expectRefusal(send({ unitId: 'unt_unknown' }), 'VALIDATION', { field: 'unitId' });
      await expectRefusal(send({ workerPostId: 'pst_unknown' }), 'VALIDATION', { field: 'workerPostId' });
      await expectRefusal(send({ workerPostId: post.postId }), 'VALIDATION', { field: 'workerPostId' });
      await expectRefusal(send({ unitId: cast.ids.stationUnit, workerPostId: cast.ids.worker }), 'VALIDATION', { field: 'workerPostId' });
      await expectRefusal(send({ unitId: cast.ids.jinzhuxi }), 'FORBIDDEN', { verb: 'dispatch', unitId: cast.ids.jinzhuxi });
      expect((await cast.street.tickets.get({ ticketId })).ticket).toMatchObject({ state: 'pending_dispatch', version: 1 });
      expect(await send({ unitId: cast.ids.jinzhuxi }, cast.dispatcher)).toMatchObject({ unitId: cast.ids.jinzhuxi });
    });

    it('assigns only to workers of the responsible unit, who have to accept anew; the deadline stays', async () => {
      const ticketId = await ticketAt(world, cast, 'handling');
      const { ticket } = await cast.street.tickets.get({ ticketId });
      await expectRefusal(cast.street.tickets.assign({ commandId: world.id(), ticketId, workerPostId: cast.ids.officer }), 'VALIDATION', { field: 'workerPostId' });
      world.clock.advance(HOUR);
      expect(await act(cast.street, 'assign', ticketId)).toMatchObject({ state: 'dispatched' });
      expect((await cast.street.tickets.get({ ticketId })).ticket).toMatchObject({ due_at: ticket.due_at, worker_post_id: cast.ids.otherWorker });
      await expectRefusal(act(cast.worker, 'accept', ticketId), 'NOT_FOUND');
      expect(await act(cast.otherWorker, 'accept', ticketId)).toMatchObject({ state: 'handling' });
    });
  });

  describe('evidence', () => {
    it('wants a photo before and one after, by name of what is missing', async () => {
      const ticketId = await ticketAt(world, cast, 'handling');
      const submit = (...photos: { fileId: Id<'fil'>; stage: 'before' | 'after' | 'scene' }[]) => cast.worker.tickets.submit({ commandId: world.id(), ticketId, photos });
      const [before, after] = (await evidenceOf(world, 'grid.zhaxi.1')) as [{ fileId: Id<'fil'>; stage: 'before' }, { fileId: Id<'fil'>; stage: 'after' }];
      await expectRefusal(submit(), 'EVIDENCE_MISSING', { stages: ['before', 'after'] });
      await expectRefusal(submit(before), 'EVIDENCE_MISSING', { stages: ['after'] });
      await expectRefusal(submit(after), 'EVIDENCE_MISSING', { stages: ['before'] });
      await expectRefusal(submit(before, { ...before, stage: 'after' as never }), 'EVIDENCE_MISSING', { stages: ['after'] });
      expect((await cast.worker.tickets.get({ ticketId })).photos).toEqual([]);
      expect(await submit(before, after)).toMatchObject({ state: 'submitted' });
    });

    it('counts a before photo from the report', async () => {
      const ticketId = await ticketAt(world, cast, 'handling', { photos: [await photoOf(world, 'street.zhaxi', 'before')] });
      expect(await cast.worker.tickets.submit({ commandId: world.id(), ticketId, photos: [await photoOf(world, 'grid.zhaxi.1', 'after')] })).toMatchObject({ state: 'submitted' });
    });

    it('keeps the evidence of a round that was sent back and wants a new after photo', async () => {
      const ticketId = await ticketAt(world, cast, 'submitted');
      const { photos: first } = await cast.worker.tickets.get({ ticketId });
      await cast.verifier.tickets.rework({ commandId: world.id(), ticketId, reason: '角落还有', photos: [await photoOf(world, 'verify.zhaxi', 'after')] });
      await expectRefusal(act(cast.worker, 'submit', ticketId), 'EVIDENCE_MISSING', { stages: ['after'] });
      const old = first.find(({ stage }) => stage === 'after')!.fileId as Id<'fil'>;
      await expectRefusal(cast.worker.tickets.submit({ commandId: world.id(), ticketId, photos: [{ fileId: old, stage: 'after' }] }), 'EVIDENCE_MISSING', { stages: ['after'] });
      await cast.worker.tickets.submit({ commandId: world.id(), ticketId, photos: [await photoOf(world, 'grid.zhaxi.1', 'after')] });
      expect((await cast.worker.tickets.get({ ticketId })).photos.map(({ stage, round }) => `${stage} ${round}`)).toEqual(['before 0', 'after 0', 'after 0', 'after 1']);
    });
  });

  describe('the clock', () => {
    const dispatchWith = async (limit: Id<'std'>) => {
      const ticketId = await ticketAt(world, cast, 'reported', { filingStandardId: limit });
      return { ...(await cast.street.tickets.dispatch({ commandId: world.id(), ticketId, workerPostId: cast.ids.worker })), ticketId };
    };
    const ticket = async (ticketId: Id<'tkt'>) => (await cast.street.tickets.get({ ticketId })).ticket;
    const kinds = async (ticketId: string) => (await eventsOf(world, ticketId)).map(({ type }) => type.replace('ticket.', ''));

    it('starts at dispatch, and the answer is what clocks.compute says', async () => {
      const ticketId = await ticketAt(world, cast, 'reported', { filingStandardId: standard('work_hour', 4) });
      expect(await ticket(ticketId)).toMatchObject({ due_at: null, clock_state: 'none' });
      expect((await cast.street.tickets.get({ ticketId })).deadline).toBeNull();
      world.clock.advance(20 * 60_000);
      const startAt = world.clock.now();
      const { deadline } = await cast.street.tickets.dispatch({ commandId: world.id(), ticketId });
      const computed = await cast.street.clocks.compute({ startAt, value: 4, unit: 'work_hour', calendar: 'lhasa' });
      expect(deadline).toEqual({ startedAt: startAt, value: 4, unit: 'work_hour', calendar: 'lhasa', ...computed });
      expect(await ticket(ticketId)).toMatchObject({ due_at: computed.dueAt, clock_state: 'running', dispatched_at: startAt });
      expect((await cast.street.tickets.get({ ticketId })).deadline).toEqual(deadline);
    });

    it('counts over a holiday: Friday 17:30 before New Year + 4 work hours is Tuesday 13:00, not 15:30', async () => {
      const now = world.clock.now();
      world.clock.set(Date.parse('2023-12-29T17:30:00+08:00'));
      const { deadline } = await dispatchWith(standard('work_hour', 4));
      expect(deadline.dueAt).toBe(Date.parse('2024-01-02T13:00:00+08:00'));
      expect(deadline.intervals.map(({ from, to }) => [new Date(from).toISOString(), new Date(to).toISOString()])).toEqual([
        ['2023-12-29T09:30:00.000Z', '2023-12-29T10:00:00.000Z'],
        ['2024-01-02T01:30:00.000Z', '2024-01-02T05:00:00.000Z'],
      ]);
      world.clock.set(now);
    });

    it('warns and breaches by itself, once each, and tells so', async () => {
      const { ticketId, deadline } = await dispatchWith(standard('work_hour', 4));
      await world.advance(deadline.warnAt! - world.clock.now() - 1);
      expect(await ticket(ticketId)).toMatchObject({ warned: 0, late: 0 });
      await world.advance(1);
      expect(await ticket(ticketId)).toMatchObject({ warned: 1, late: 0 });
      await world.advance(deadline.dueAt! - world.clock.now() - 1);
      expect(await ticket(ticketId)).toMatchObject({ late: 0 });
      await world.advance(1);
      expect(await ticket(ticketId)).toMatchObject({ warned: 1, late: 1, state: 'dispatched', due_at: deadline.dueAt });
      await world.advance(1000 * HOUR);
      expect(await kinds(ticketId)).toEqual(['reported', 'dispatched', 'dueSoon', 'breached']);
      expect((await cast.street.tickets.list({ late: true, unitId: cast.ids.zhaxi })).rows.map(({ id }) => id)).toContain(ticketId);
    });

    it('marks work that is submitted after its due time late at once, and the version in the answer is the true one', async () => {
      const { ticketId, deadline } = await dispatchWith(standard('work_hour', 4));
      await act(cast.worker, 'accept', ticketId);
      const photos = await evidenceOf(world, 'grid.zhaxi.1');
      // No timer runs here: only time goes by.
      world.clock.set(deadline.dueAt!);
      const submitted = await cast.worker.tickets.submit({ commandId: world.id(), ticketId, photos });
      expect(await ticket(ticketId)).toMatchObject({ late: 1, state: 'submitted', clock_state: 'stopped', version: submitted.version });
      await world.advance(0);
      expect(await ticket(ticketId)).toMatchObject({ version: submitted.version });
      expect((await kinds(ticketId)).filter((kind) => kind === 'breached').length).toBeLessThanOrEqual(1);
      expect(await act(cast.verifier, 'verify', ticketId, submitted.version)).toMatchObject({ state: 'verified' });
    });

    it('one millisecond before its due time work is in time', async () => {
      const { ticketId, deadline } = await dispatchWith(standard('work_hour', 4));
      await act(cast.worker, 'accept', ticketId);
      const photos = await evidenceOf(world, 'grid.zhaxi.1');
      world.clock.set(deadline.dueAt! - 1);
      await cast.worker.tickets.submit({ commandId: world.id(), ticketId, photos });
      await world.advance(100 * HOUR);
      expect(await ticket(ticketId)).toMatchObject({ late: 0, clock_state: 'stopped' });
    });

    it('goes on after a rework with what was left', async () => {
      const { ticketId, deadline } = await dispatchWith(standard('work_hour', 4));
      await act(cast.worker, 'accept', ticketId);
      const used = deadline.intervals[0]!.from + HOUR;
      world.clock.set(used);
      await cast.worker.tickets.submit({ commandId: world.id(), ticketId, photos: await evidenceOf(world, 'grid.zhaxi.1') });
      world.clock.advance(72 * HOUR);
      await act(cast.verifier, 'rework', ticketId);
      const left = await cast.street.clocks.compute({ startAt: world.clock.now(), value: 3, unit: 'work_hour', calendar: 'lhasa' });
      expect(await ticket(ticketId)).toMatchObject({ due_at: left.dueAt, clock_state: 'running', late: 0 });
      const { deadline: explained } = await cast.street.tickets.get({ ticketId });
      expect(explained!.intervals.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(4 * HOUR);
    });

    it('ends with a return, late or not, and starts anew with the next dispatch', async () => {
      const { ticketId, deadline } = await dispatchWith(standard('work_hour', 4));
      world.clock.set(deadline.dueAt! + 1);
      const returned = await act(cast.worker, 'return', ticketId);
      expect(await ticket(ticketId)).toMatchObject({ state: 'returned', due_at: null, clock_state: 'none', worker_post_id: null, late: 1, warned: 0, version: returned.version });
      const again = await cast.street.tickets.dispatch({ commandId: world.id(), ticketId, unitId: cast.ids.stationUnit, version: returned.version });
      expect(again.deadline.startedAt).toBe(world.clock.now());
      expect(await ticket(ticketId)).toMatchObject({ late: 0, due_at: again.deadline.dueAt, warned: 0 });
      // That the first receiver was late stays in the history.
      expect((await cast.street.tickets.history({ ticketId })).entries.find(({ type }) => type === 'ticket.returned')!.data).toMatchObject({ late: 1 });
    });

    it('waits for a year that no calendar knows and never blocks the ticket', async () => {
      const now = world.clock.now();
      world.clock.set(Date.parse('2031-03-03T10:00:00+08:00'));
      const { ticketId, deadline } = await dispatchWith(standard('work_hour', 4));
      expect(deadline).toMatchObject({ state: 'awaiting_calendar', dueAt: null });
      expect(await ticket(ticketId)).toMatchObject({ state: 'dispatched', due_at: null, clock_state: 'awaiting_calendar' });
      expect((await cast.worker.tickets.list({ sort: 'due' })).rows.map(({ id }) => id)).toContain(ticketId);
      world.clock.set(now);
    });
  });
});
