import { recountAll } from '@baxing/api';
import { verifyAudit } from '@baxing/db';
import { RefusalError } from '@baxing/kernel';
import { TRPCError } from '@trpc/server';
import { describeEachWorld, type World } from '@baxing/testing';
import { beforeAll, expect, it } from 'vitest';
import { type Cast, castOf, evidenceOf, pointIn, tkt } from './support.ts';

/** The same sequence every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const LANES = 8;
const STEPS = 24;

describeEachWorld('counters and the audit chain', (open) => {
  let world: World;
  let cast: Cast;
  beforeAll(async () => {
    world = await open();
    cast = await castOf(world);
  });

  it('agree with a recount after a random life of many tickets, moved side by side and overtaken by their clocks', async () => {
    const photos = await evidenceOf(world, 'grid.zhaxi.1');
    const streetPhotos = await evidenceOf(world, 'street.zhaxi');
    const ids: string[] = [(await cast.street.tickets.report({ commandId: world.id(), ...pointIn(world, cast.ids.grid) })).ticketId];
    const outcome: Record<string, number> = {};
    async function lane(seed: number): Promise<void> {
      const roll = dice(seed);
      for (let step = 0; step < STEPS; step += 1) {
        const commandId = world.id();
        const ticketId = tkt(ids[roll(ids.length)]!);
        const { street, worker, verifier, station, dispatcher } = cast;
        const verbs: (() => Promise<unknown>)[] = [
          () => street.tickets.report({ commandId, ...pointIn(world, cast.ids.grid, roll(5)) }).then((made) => ids.push(made.ticketId)),
          () => dispatcher.tickets.report({ commandId, ...pointIn(world, cast.ids.jinzhuxiArea, roll(5)) }).then((made) => ids.push(made.ticketId)),
          () => street.tickets.dispatch({ commandId, ticketId, workerPostId: cast.ids.worker }),
          () => street.tickets.dispatch({ commandId, ticketId, unitId: [cast.ids.zhaxi, cast.ids.stationUnit][roll(2)]! }),
          () => dispatcher.tickets.bulkDispatch({ commandId, tickets: [...new Set(ids.slice(-6))].map((id) => ({ ticketId: tkt(id) })) }),
          () => street.tickets.assign({ commandId, ticketId, workerPostId: cast.ids.worker }),
          () => worker.tickets.accept({ commandId, ticketId }),
          () => street.tickets.accept({ commandId, ticketId }),
          () => station.tickets.accept({ commandId, ticketId }),
          () => station.tickets.return({ commandId, ticketId, reason: '不属本所' }),
          () => worker.tickets.submit({ commandId, ticketId, photos }),
          () => street.tickets.submit({ commandId, ticketId, photos: streetPhotos }),
          () => worker.tickets.return({ commandId, ticketId, reason: '地址有误' }),
          () => verifier.tickets.verify({ commandId, ticketId }),
          () => verifier.tickets.rework({ commandId, ticketId, reason: '没有清完' }),
          () => verifier.tickets.close({ commandId, ticketId }),
        ];
        if (roll(8) === 0) world.clock.advance(roll(6) * 3_600_000);
        const name = await verbs[roll(verbs.length)]!().then(
          () => 'ok',
          (fault: unknown) => {
            if (fault instanceof TRPCError && fault.cause instanceof RefusalError) return fault.cause.refusal.code;
            throw fault;
          },
        );
        outcome[name] = (outcome[name] ?? 0) + 1;
        if (roll(10) === 0) await world.services.worker.runDue();
      }
    }
    await Promise.all(Array.from({ length: LANES }, (_, i) => lane(i + 1)));
    // The sequence must have done something worth counting.
    expect(outcome['ok']).toBeGreaterThan(30);
    expect(outcome['WRONG_STATE'] ?? 0).toBeGreaterThan(10);
    await world.advance(60 * 3_600_000);
    expect(
      Number(
        (
          await world.db.read
            .selectFrom('ticket')
            .select((eb) => eb.fn.countAll<number>().as('n'))
            .where('late', '=', 1)
            .executeTakeFirstOrThrow()
        ).n,
      ),
    ).toBeGreaterThan(0);

    const { counters, differences } = await recountAll(world.db);
    expect(differences).toEqual([]);
    expect(counters).toBeGreaterThan(6);

    await world.services.worker.runDue();
    const report = await verifyAudit(world.db.read, []);
    expect(report).toMatchObject({ findings: [], unsealedTail: 0 });
    expect(report.events).toBeGreaterThan(ids.length * 2);
  }, 60_000);

  it('a counter that is wrong is named with both numbers', async () => {
    await world.db.writer.run((tx) => tx.insertInto('counter').values({ scope: 'ticket.unit', subject: 'unt_ghost', name: 'handling', value: 3 }).execute());
    expect((await recountAll(world.db)).differences).toEqual([{ scope: 'ticket.unit', subject: 'unt_ghost', name: 'handling', stored: 3, counted: 0 }]);
  });
});
