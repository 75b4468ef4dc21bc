import type { Actor, Id } from '@baxing/kernel';
import { resolveSession, signIn } from '@baxing/identity/server';
import { describeEachWorld, type World, WORLD_PASSWORD } from '@baxing/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Change, changes } from '../src/live.ts';
import { type Cast, castOf, eventsOf, expectRefusal, pointIn, ticketAt } from './support.ts';

/** What one unit has is not there for another, by whichever door it asks. */
describeEachWorld("another unit's ticket", (open) => {
  let world: World;
  let cast: Cast;
  let ticketId: Id<'tkt'>;
  const strangers = ['street.jinzhuxi', 'station.zhaxi', 'officer.zhaxi.1', 'grid.zhaxi.2', 'brigade.chengnan', 'bureau.chengguanju', 'taskforce.traffic'] as const;
  const SECRET = '秘密地点七号院';

  beforeAll(async () => {
    world = await open();
    cast = await castOf(world);
    ticketId = await ticketAt(world, cast, 'handling', { text: SECRET, place: '扎细路七号' });
  });

  it.each(strangers)('is NOT_FOUND to %s in get and history, as one that does not exist', async (name) => {
    const caller = await world.as(name);
    const nowhere = 'tkt_00000000000000000000000000000000' as const;
    for (const id of [ticketId, nowhere]) {
      await expectRefusal(caller.tickets.get({ ticketId: id }), 'NOT_FOUND', { ticketId: id });
      await expectRefusal(caller.tickets.history({ ticketId: id }), 'NOT_FOUND', { ticketId: id });
    }
  });

  it.each(strangers)('is in no list, search or total of %s', async (name) => {
    const caller = await world.as(name);
    for (const filter of [
      {},
      { box: 'visible' },
      { text: '秘密' },
      { unitId: cast.ids.zhaxi },
      { workerPostId: cast.ids.worker },
      { gridId: cast.ids.grid },
      { streetId: cast.ids.zhaxiArea },
    ] as const) {
      expect((await caller.tickets.list(filter)).rows, JSON.stringify(filter)).toEqual([]);
      expect(await caller.tickets.counts({ total: filter }), JSON.stringify(filter)).toMatchObject({ found: { total: 0, exact: true } });
    }
  });

  it.each(strangers)('is in no box of a list for %s', async (name) => {
    const caller = await world.as(name);
    for (const box of ['visible', 'unit', 'worker', 'reported', 'check'] as const) {
      expect(
        (await caller.tickets.list({ box, limit: 200 })).rows.map((row) => row.id),
        box,
      ).not.toContain(ticketId);
      const open = await caller.tickets.counts({ total: { box } });
      expect(open, box).toMatchObject({ found: { total: (await caller.tickets.list({ box, limit: 200 })).rows.length } });
    }
  });

  it('is counted for its unit and for those above it, and for nobody else', async () => {
    for (const name of strangers.filter((one) => one !== 'grid.zhaxi.2')) expect(Object.keys((await (await world.as(name)).tickets.counts({})).counts), name).not.toContain(cast.ids.zhaxi);
    for (const name of ['street.zhaxi', 'leader']) expect((await (await world.as(name)).tickets.counts({})).counts[cast.ids.zhaxi], name).toEqual({ handling: 1 });
    // His own ticket, but not his unit's numbers.
    expect((await cast.worker.tickets.counts({})).counts).toEqual({});
    expect((await cast.street.tickets.counts({ by: 'street' })).counts).toEqual({ [cast.ids.zhaxiArea]: { handling: 1 } });
    expect((await cast.otherStreet.tickets.counts({ by: 'street' })).counts).toEqual({});
    await expectRefusal(cast.worker.tickets.counts({ by: 'street' }), 'FORBIDDEN');
  });

  it.each(strangers)('is refused to %s for every verb as if it did not exist', async (name) => {
    const caller = await world.as(name);
    const { verbs } = await caller.auth.me();
    const before = await eventsOf(world, ticketId);
    const target = () => ({ commandId: world.id(), ticketId });
    if (verbs['tickets.dispatch']) await expectRefusal(caller.tickets.dispatch(target()), 'NOT_FOUND', { ticketId });
    if (verbs['tickets.accept']) await expectRefusal(caller.tickets.accept(target()), 'NOT_FOUND', { ticketId });
    if (verbs['tickets.verify']) await expectRefusal(caller.tickets.verify(target()), 'NOT_FOUND', { ticketId });
    if (verbs['tickets.close']) await expectRefusal(caller.tickets.close(target()), 'NOT_FOUND', { ticketId });
    if (verbs['tickets.bulkDispatch'])
      expect((await caller.tickets.bulkDispatch({ commandId: world.id(), tickets: [{ ticketId }] })).answers).toEqual([{ ok: false, ticketId, refusal: { code: 'NOT_FOUND', details: { ticketId } } }]);
    expect(await eventsOf(world, ticketId)).toEqual(before);
  });

  it('gives the hint only category, distance, age and phase', async () => {
    world.clock.advance(600_000);
    const at = pointIn(world, cast.ids.grid);
    const { categoryId } = await cast.otherWorker.tickets.report({ commandId: world.id(), ...at, text: '另一处' }).then(({ similar }) => {
      expect(similar).toHaveLength(1);
      return similar[0]!;
    });
    const blind = { categoryId, distanceMetres: 0, ageMs: 600_000, phase: 'handling', ticketId: null, text: null };
    for (const name of ['grid.zhaxi.2', 'station.zhaxi', 'street.jinzhuxi']) {
      const { similar } = await (await world.as(name)).tickets.nearby(at);
      expect(
        similar.find(({ phase }) => phase === 'handling'),
        name,
      ).toEqual(blind);
      expect(JSON.stringify(similar)).not.toContain(SECRET);
    }
    expect((await cast.worker.tickets.nearby(at)).similar.find(({ phase }) => phase === 'handling')).toEqual({ ...blind, ticketId, text: SECRET });
    const away = { ...at, latitude: at.latitude + 0.001 };
    expect((await cast.worker.tickets.nearby(away)).similar).toEqual([]);
    world.clock.advance(24 * 3_600_000);
    expect((await cast.worker.tickets.nearby(at)).similar.map(({ ticketId: id }) => id)).not.toContain(ticketId);
    world.clock.advance(-24 * 3_600_000);
  });

  describe('the live stream', () => {
    const actorOf = async (userName: string): Promise<Actor> => {
      const at = { wallNow: Date.now(), at: world.clock.now() };
      const signed = await signIn(world.db, { address: '127.0.0.1', requestId: 'test', userName, password: WORLD_PASSWORD, secure: false, ...at });
      return (await resolveSession(world.db, signed.ok ? signed.value.token : null, at))!.actor;
    };

    /** What the listener hears while `act` runs, up to the change of `lastSubject`, which he does hear. */
    async function heard(userName: string, act: () => Promise<void>, last: () => Promise<string>): Promise<Change[]> {
      const stop = new AbortController();
      const stream = changes(world.services, await actorOf(userName), world.services.tail.position(), stop.signal, () => Promise.resolve(true));
      const all: Change[] = [];
      const first = stream.next();
      await act();
      const lastSubject = await last();
      for (let step = await first; ; step = await stream.next()) {
        if (step.done) throw new Error('the stream ended early');
        all.push(step.value!);
        if (step.value?.subjectId === lastSubject) break;
      }
      stop.abort();
      await stream.return(undefined);
      return all;
    }

    it('tells a stranger nothing of it, and its own people which ticket moved, but not what it says', async () => {
      const work = async (): Promise<void> => void (await cast.worker.tickets.return({ commandId: world.id(), ticketId, reason: SECRET }));
      const redispatch = async (): Promise<void> => void (await cast.street.tickets.dispatch({ commandId: world.id(), ticketId, workerPostId: cast.ids.worker }));
      const ownReport = async (): Promise<string> => (await cast.otherStreet.tickets.report({ commandId: world.id(), ...pointIn(world, cast.ids.jinzhuxiArea) })).ticketId;
      const toStranger = await heard('street.jinzhuxi', work, ownReport);
      expect(toStranger.filter(({ subjectId }) => subjectId === ticketId)).toEqual([]);
      const toStreet = await heard('street.zhaxi', redispatch, async () => (await ticketAt(world, cast, 'reported')) as string);
      expect(toStreet[0]).toEqual({ id: expect.any(Number) as number, type: 'ticket.dispatched', subject: 'ticket', subjectId: ticketId, at: world.clock.now() });
      expect(toStreet.filter(({ subject }) => subject !== 'ticket')).toEqual([]);
      expect(JSON.stringify(toStreet)).not.toContain(SECRET);
    });

    it('tells the worker whose ticket was taken away that it moved', async () => {
      const mine = await ticketAt(world, cast, 'handling');
      const assigned = await heard(
        'grid.zhaxi.1',
        async () => {},
        async () => {
          await cast.street.tickets.assign({ commandId: world.id(), ticketId: mine, workerPostId: cast.ids.otherWorker });
          return mine;
        },
      );
      expect(assigned.at(-1)).toMatchObject({ type: 'ticket.assigned', subjectId: mine });
      // What happens to it afterwards is no longer his.
      const later = await heard(
        'grid.zhaxi.1',
        async () => void (await cast.otherWorker.tickets.accept({ commandId: world.id(), ticketId: mine })),
        async () => (await cast.worker.tickets.report({ commandId: world.id(), ...pointIn(world, cast.ids.grid) })).ticketId,
      );
      expect(later.map(({ subjectId }) => subjectId)).not.toContain(mine);
    });

    it('catches a listener up from where he left', async () => {
      const after = world.services.tail.position();
      const missed = [await ticketAt(world, cast, 'dispatched'), await ticketAt(world, cast, 'reported')];
      const own = await heard(
        'street.zhaxi',
        async () => {},
        async () => (await ticketAt(world, cast, 'reported')) as string,
      );
      expect(own.length).toBeGreaterThan(0);
      const stop = new AbortController();
      const stream = changes(world.services, await actorOf('street.zhaxi'), after, stop.signal, () => Promise.resolve(true));
      const seen: string[] = [];
      while (!missed.every((id) => seen.includes(id))) seen.push((await stream.next()).value!.subjectId);
      stop.abort();
      await stream.return(undefined);
      expect(seen.slice(0, 3)).toEqual([missed[0], missed[0], missed[1]]);
    });

    it('ends when the session does', async () => {
      const stop = new AbortController();
      const stream = changes(world.services, await actorOf('street.zhaxi'), null, stop.signal, () => Promise.resolve(false));
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });
  });
});
