import { ok, refuse } from '@baxing/kernel';
import { describeEachDialect, type TestClock, testClock } from '@baxing/testing';
import { expect, test } from 'vitest';
import { createWorker, type Database, openDatabase, startJob, type Worker, type WorkerHandlers } from '@baxing/db';
import { change, note, notes, range, setting, settings } from './support.ts';

interface Made {
  worker: Worker;
  faults: string[];
}

function workerOn(db: Database, clock: TestClock, handlers: Partial<WorkerHandlers>): Made {
  const faults: string[] = [];
  const worker = createWorker(db, {
    now: clock.now,
    wall: clock.now,
    handlers: { timers: {}, outbox: {}, jobs: {}, ...handlers },
    onSealed: () => {},
    onFault: (what, fault) => void faults.push(`${what}: ${String(fault)}`),
  });
  return { worker, faults };
}

describeEachDialect('timers', (open, dialect) => {
  test('fire when due and not before, in order of their time', async () => {
    const db = await open();
    const clock = testClock();
    const { worker, faults } = workerOn(db, clock, { timers: { ring: async (ctx, subjectId, dueAt) => (note(ctx, dueAt - clock.now()), void subjectId, ok(null)) } });
    await change(db, (ctx) => {
      for (const n of [30, 10, 20, 40]) ctx.setTimer({ kind: 'ring', subjectId: `tst_${n}`, dueAt: clock.now() + n });
    });
    clock.advance(9);
    await worker.runDue();
    expect(await notes(db)).toEqual([]);
    clock.advance(21);
    await worker.runDue();
    expect(await notes(db)).toEqual([-20, -10, 0]);
    expect(faults).toEqual([]);
  });

  test('each fires once with two workers on one database', async () => {
    const db = await open();
    const clock = testClock();
    const fired: Record<string, number> = {};
    const timers: WorkerHandlers['timers'] = {
      ring: async (ctx, subjectId) => {
        note(ctx, Number(subjectId.slice(4)));
        return ok(null);
      },
    };
    const twinDb = dialect === 'postgres' ? openDatabase(db.target) : db;
    const one = workerOn(db, clock, { timers });
    const two = workerOn(twinDb, clock, { timers });
    await change(db, (ctx) => {
      for (const n of range(180)) ctx.setTimer({ kind: 'ring', subjectId: `tst_${n}`, dueAt: clock.now() + (n % 7) });
    });
    clock.advance(1000);
    await Promise.all([one.worker.runDue(), two.worker.runDue()]);
    await one.worker.runDue();
    for (const n of await notes(db)) fired[n] = (fired[n] ?? 0) + 1;
    expect(Object.values(fired)).toEqual(range(180).map(() => 1));
    expect([...one.faults, ...two.faults]).toEqual([]);
    if (twinDb !== db) await twinDb.close();
  });

  test('setting one again moves it, clearing removes it', async () => {
    const db = await open();
    const clock = testClock();
    const { worker } = workerOn(db, clock, { timers: { ring: async (ctx, _subjectId, dueAt) => (note(ctx, dueAt), ok(null)) } });
    const start = clock.now();
    await change(db, (ctx) => {
      ctx.setTimer({ kind: 'ring', subjectId: 'tst_1', dueAt: start + 10 });
      ctx.setTimer({ kind: 'ring', subjectId: 'tst_2', dueAt: start + 10 });
    });
    await change(db, (ctx) => {
      ctx.setTimer({ kind: 'ring', subjectId: 'tst_1', dueAt: start + 50 });
      ctx.clearTimer('ring', 'tst_2');
    });
    clock.advance(20);
    await worker.runDue();
    expect(await notes(db)).toEqual([]);
    clock.advance(40);
    await worker.runDue();
    expect(await notes(db)).toEqual([start + 50]);
  });

  test('a handler may set its own timer again', async () => {
    const db = await open();
    const clock = testClock();
    const start = clock.now();
    const { worker } = workerOn(db, clock, {
      timers: {
        ring: async (ctx, subjectId, dueAt) => {
          note(ctx, dueAt - start);
          ctx.setTimer({ kind: 'ring', subjectId, dueAt: dueAt + 10 });
          return ok(null);
        },
      },
    });
    await change(db, (ctx) => ctx.setTimer({ kind: 'ring', subjectId: 'tst_1', dueAt: start }));
    for (const _ of range(3)) {
      await worker.runDue();
      clock.advance(10);
    }
    expect(await notes(db)).toEqual([0, 10, 20]);
  });

  test('handlers that fail, refuse or are missing hold up no other timer and are tried again', async () => {
    const db = await open();
    const clock = testClock();
    const broken = { now: true };
    const { worker, faults } = workerOn(db, clock, {
      timers: {
        faulty: async (ctx) => {
          if (broken.now) throw new Error('boom');
          note(ctx, 1);
          return ok(null);
        },
        refusing: async () => refuse('WRONG_STATE', {}),
        ring: async (ctx) => (note(ctx, 2), ok(null)),
      },
    });
    await change(db, (ctx) => {
      for (const n of range(60)) for (const kind of ['faulty', 'refusing', 'unknown']) ctx.setTimer({ kind, subjectId: `tst_${n}`, dueAt: clock.now() - 10 });
      ctx.setTimer({ kind: 'ring', subjectId: 'tst_1', dueAt: clock.now() });
    });
    await worker.runDue();
    expect(await notes(db)).toEqual([2]);
    expect(faults).toHaveLength(180);
    broken.now = false;
    clock.advance(1500);
    await worker.runDue();
    expect(await notes(db)).toEqual([2, ...range(60).map(() => 1)]);
    expect(await db.read.selectFrom('timer').select('kind').distinct().orderBy('kind').execute()).toEqual([{ kind: 'refusing' }, { kind: 'unknown' }]);
  });
});

describeEachDialect('the outbox', (open, dialect) => {
  test('delivers once in order, tries again what failed, and loses nothing', async () => {
    const db = await open();
    const clock = testClock();
    const delivered: number[] = [];
    let failures = 2;
    const { worker, faults } = workerOn(db, clock, {
      outbox: {
        send: async (payload) => {
          const n = payload['n'] as number;
          if (n === 2 && failures > 0) {
            failures -= 1;
            throw new Error('unreachable');
          }
          delivered.push(n);
        },
      },
    });
    await change(db, (ctx) => {
      for (const n of range(4)) ctx.enqueue('send', { n });
    });
    await worker.runDue();
    expect(delivered).toEqual([0, 1, 3]);
    await worker.runDue();
    expect(delivered).toEqual([0, 1, 3]);
    clock.advance(1000);
    await worker.runDue();
    expect(faults).toHaveLength(2);
    clock.advance(1999);
    await worker.runDue();
    expect(delivered).toEqual([0, 1, 3]);
    clock.advance(1);
    await worker.runDue();
    expect(delivered).toEqual([0, 1, 3, 2]);
    expect(await db.read.selectFrom('outbox').selectAll().execute()).toEqual([]);
  });

  test('what a rolled back command wanted to send is not sent', async () => {
    const db = await open();
    const clock = testClock();
    const delivered: unknown[] = [];
    const { worker } = workerOn(db, clock, { outbox: { send: async (payload) => void delivered.push(payload) } });
    await expect(
      change(db, (ctx) => {
        ctx.enqueue('send', { n: 1 });
        throw new Error('fault');
      }),
    ).rejects.toThrow('fault');
    await worker.runDue();
    expect(delivered).toEqual([]);
  });

  test('a delivery that a crash cut off is repeated after its lease', async () => {
    const db = await open();
    const clock = testClock();
    const delivered: unknown[] = [];
    await change(db, (ctx) => ctx.enqueue('send', { n: 1 }));
    // The state that a process leaves which died between taking the row and delivering it.
    await db.writer.run((tx) =>
      tx
        .updateTable('outbox')
        .set({ not_before: clock.now() + 60_000, attempts: 1 })
        .execute(),
    );
    const { worker } = workerOn(db, clock, { outbox: { send: async (payload) => void delivered.push(payload) } });
    await worker.runDue();
    expect(delivered).toEqual([]);
    clock.advance(60_000);
    await worker.runDue();
    expect(delivered).toEqual([{ n: 1 }]);
  });

  test('two workers deliver each row once', async () => {
    const db = await open();
    const clock = testClock();
    const delivered: number[] = [];
    const outbox: WorkerHandlers['outbox'] = { send: async (payload) => void delivered.push(payload['n'] as number) };
    const twinDb = dialect === 'postgres' ? openDatabase(db.target) : db;
    await change(db, (ctx) => {
      for (const n of range(120)) ctx.enqueue('send', { n });
    });
    await Promise.all([workerOn(db, clock, { outbox }).worker.runDue(), workerOn(twinDb, clock, { outbox }).worker.runDue()]);
    expect(delivered.toSorted((a, b) => a - b)).toEqual(range(120));
    if (twinDb !== db) await twinDb.close();
  });
});

describeEachDialect('a job', (open, dialect) => {
  const STEPS = 6;
  const steps = (state: { failAt: number | null; calls: number[] }): WorkerHandlers['jobs'] => ({
    walk: async (ctx, job) => {
      const at = Number(job.cursor ?? '0');
      state.calls.push(at);
      await setting(ctx, `step-${at}`, '1');
      if (state.failAt === at) throw new Error(`fault at ${at}`);
      return { cursor: at + 1 === STEPS ? null : String(at + 1), doneDelta: 1, total: STEPS };
    },
  });
  const jobRow = (db: Database) => db.read.selectFrom('job').select(['state', 'done', 'total', 'cursor', 'attempts', 'error']).executeTakeFirstOrThrow();

  test('runs to its end, each step in one transaction with its cursor', async () => {
    const db = await open();
    const clock = testClock();
    const state = { failAt: null, calls: [] as number[] };
    await change(db, (ctx) => startJob(ctx, 'walk', {}));
    await workerOn(db, clock, { jobs: steps(state) }).worker.runDue();
    expect(await jobRow(db)).toEqual({ state: 'done', done: STEPS, total: STEPS, cursor: null, attempts: 0, error: null });
    expect(state.calls).toEqual(range(STEPS));
  });

  test('goes on where a fault stopped it, with nothing done twice', async () => {
    const db = await open();
    const clock = testClock();
    const state = { failAt: 3 as number | null, calls: [] as number[] };
    await change(db, (ctx) => startJob(ctx, 'walk', {}));
    const first = workerOn(db, clock, { jobs: steps(state) });
    await first.worker.runDue();
    expect(await jobRow(db)).toMatchObject({ state: 'running', done: 3, cursor: '3', attempts: 1, error: 'Error: fault at 3' });
    expect(await settings(db)).toEqual(['step-0', 'step-1', 'step-2']);
    state.failAt = null;
    clock.advance(1000);
    // Another worker, as after a restart.
    await workerOn(db, clock, { jobs: steps(state) }).worker.runDue();
    expect(await jobRow(db)).toMatchObject({ state: 'done', done: STEPS, attempts: 0, error: null });
    expect(await settings(db)).toEqual(range(STEPS).map((n) => `step-${n}`));
  });

  test('that keeps failing ends as failed, and others go on meanwhile', async () => {
    const db = await open();
    const clock = testClock();
    const state = { failAt: null, calls: [] as number[] };
    const { worker } = workerOn(db, clock, {
      jobs: {
        ...steps(state),
        broken: async () => {
          throw new Error('always');
        },
      },
    });
    await change(db, (ctx) => startJob(ctx, 'broken', {}));
    await change(db, (ctx) => startJob(ctx, 'walk', {}));
    await worker.runDue();
    const jobs = (): Promise<{ kind: string; state: string }[]> => db.read.selectFrom('job').select(['kind', 'state']).orderBy('kind').execute();
    expect(await jobs()).toEqual([
      { kind: 'broken', state: 'waiting' },
      { kind: 'walk', state: 'done' },
    ]);
    for (const _ of range(10)) {
      clock.advance(3_600_000);
      await worker.runDue();
    }
    expect(await jobs()).toContainEqual({ kind: 'broken', state: 'failed' });
  });

  test('two workers share it without doing a step twice', async () => {
    const db = await open();
    const clock = testClock();
    const state = { failAt: null, calls: [] as number[] };
    const twinDb = dialect === 'postgres' ? openDatabase(db.target) : db;
    await change(db, (ctx) => startJob(ctx, 'walk', {}));
    const one = workerOn(db, clock, { jobs: steps(state) });
    const two = workerOn(twinDb, clock, { jobs: steps(state) });
    await Promise.all([one.worker.runDue(), two.worker.runDue()]);
    await one.worker.runDue();
    expect(await jobRow(db)).toMatchObject({ state: 'done', done: STEPS });
    expect([...one.faults, ...two.faults]).toEqual([]);
    if (twinDb !== db) await twinDb.close();
  });
});
