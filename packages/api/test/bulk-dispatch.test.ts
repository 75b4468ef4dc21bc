import type { Id } from '@baxing/kernel';
import { describeEachWorld, type World } from '@baxing/testing';
import { beforeAll, expect, it } from 'vitest';
import { type Cast, castOf, eventsOf, expectRefusal, pointIn, ticketAt, tkt } from './support.ts';

describeEachWorld('bulk dispatch', (open) => {
  let world: World;
  let cast: Cast;
  beforeAll(async () => {
    world = await open();
    cast = await castOf(world);
  });

  const reportMany = (count: number, areaId: string, by = cast.street): Promise<Id<'tkt'>[]> =>
    Promise.all(Array.from({ length: count }, async (_, i) => tkt((await by.tickets.report({ commandId: world.id(), ...pointIn(world, areaId, i % 10), text: '批量' })).ticketId)));

  /** Copies of a reported ticket, straight into the table: reporting is not what is tested. */
  async function copies(count: number): Promise<Id<'tkt'>[]> {
    const [model] = await reportMany(1, cast.ids.grid);
    const { row: _, ...ticket } = await world.db.read.selectFrom('ticket').selectAll().where('id', '=', model!).executeTakeFirstOrThrow();
    const ids = Array.from({ length: count }, () => world.db.newId('tkt'));
    await world.db.writer.run(async (tx) => {
      for (let i = 0; i < count; i += 100)
        await tx
          .insertInto('ticket')
          .values(ids.slice(i, i + 100).map((id) => ({ ...ticket, id })))
          .execute();
    });
    return ids;
  }

  it('answers each of 1,000 tickets in the order given; the refused hold up nobody', async () => {
    const fine = await copies(960);
    const foreign = await reportMany(10, cast.ids.jinzhuxiArea, cast.otherStreet);
    const gone = [await ticketAt(world, cast, 'dispatched'), await ticketAt(world, cast, 'closed')];
    const unknown = Array.from({ length: 13 }, (_, i) => tkt(`tkt_unknown${i}`));
    const stale = await reportMany(5, cast.ids.grid);
    const tickets: { ticketId: Id<'tkt'>; version?: number }[] = [];
    const wanted: string[] = [];
    const put = (code: string, ticket: { ticketId: Id<'tkt'>; version?: number }): void => {
      tickets.push(ticket);
      wanted.push(code);
    };
    for (const [i, ticketId] of fine.entries()) {
      put('ok', i % 3 === 0 ? { ticketId, version: 1 } : { ticketId });
      if (i % 96 === 0) put('VALIDATION', { ticketId });
      if (i % 96 === 5 && foreign.length > 0) put('NOT_FOUND', { ticketId: foreign.pop()! });
      if (i % 60 === 7 && unknown.length > 0) put('NOT_FOUND', { ticketId: unknown.pop()! });
      if (i % 400 === 9 && gone.length > 0) put('WRONG_STATE', { ticketId: gone.pop()! });
      if (i % 190 === 11 && stale.length > 0) put('CONFLICT', { ticketId: stale.pop()!, version: 7 });
    }
    expect(tickets).toHaveLength(1000);
    const command = { commandId: world.id(), tickets, workerPostId: cast.ids.worker, note: '统一派遣' };
    const { answers, dispatched } = await cast.street.tickets.bulkDispatch(command);
    expect(answers.map(({ ticketId }) => ticketId)).toEqual(tickets.map(({ ticketId }) => ticketId));
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.refusal.code))).toEqual(wanted);
    expect(dispatched).toBe(960);
    const [first] = answers;
    const computed = await cast.street.clocks.compute({
      startAt: world.clock.now(),
      value: first!.ok ? first!.deadline.value : 0,
      unit: first!.ok ? first!.deadline.unit : 'work_hour',
      calendar: 'lhasa',
    });
    expect(first).toMatchObject({ state: 'dispatched', version: 2, unitId: cast.ids.zhaxi, workerPostId: cast.ids.worker, deadline: { dueAt: computed.dueAt } });
    expect((await cast.worker.tickets.counts({ total: { states: ['dispatched'] } })) as object).toMatchObject({ found: { total: 961, exact: true } });
    expect(await cast.street.tickets.bulkDispatch(command)).toEqual({ answers, dispatched });
    expect((await eventsOf(world, fine[500]!)).map(({ type }) => type)).toEqual(['ticket.dispatched']);
    await expectRefusal(cast.street.tickets.bulkDispatch({ ...command, commandId: world.id(), tickets: [...tickets, { ticketId: fine[0]! }] }), 'VALIDATION');
    await expectRefusal(cast.street.tickets.bulkDispatch({ ...command, commandId: world.id(), tickets: [] }), 'VALIDATION');
  }, 60_000);

  it('sends each to the unit of its place when no receiver is named', async () => {
    const mixed = [...(await reportMany(2, cast.ids.grid, cast.dispatcher)), ...(await reportMany(2, cast.ids.jinzhuxiArea, cast.dispatcher))];
    const { answers } = await cast.dispatcher.tickets.bulkDispatch({ commandId: world.id(), tickets: mixed.map((ticketId) => ({ ticketId })) });
    expect(answers.map((answer) => answer.ok && answer.unitId)).toEqual([cast.ids.zhaxi, cast.ids.zhaxi, cast.ids.jinzhuxi, cast.ids.jinzhuxi]);
  });

  it('refuses each when the receiver is none, and is not for those who may not dispatch', async () => {
    const [ticketId] = await reportMany(1, cast.ids.grid);
    const { answers, dispatched } = await cast.street.tickets.bulkDispatch({ commandId: world.id(), tickets: [{ ticketId: ticketId! }], unitId: 'unt_none' });
    expect({ answers, dispatched }).toEqual({ answers: [{ ok: false, ticketId, refusal: { code: 'VALIDATION', details: { field: 'unitId' } } }], dispatched: 0 });
    await expectRefusal(cast.worker.tickets.bulkDispatch({ commandId: world.id(), tickets: [{ ticketId: ticketId! }] }), 'FORBIDDEN');
  });
});
