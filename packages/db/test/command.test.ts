import { ok, refuse, type Result } from '@baxing/kernel';
import { describeEachDialect } from '@baxing/testing';
import { expect, test } from 'vitest';
import { type CommandContext, type Database, execute, openDatabase } from '@baxing/db';
import { callOf, change, clerk, commandId, note, notes, other, range, setting, settings } from './support.ts';

const receipts = async (db: Database): Promise<number> => (await db.read.selectFrom('receipt').select('command_id').execute()).length;

describeEachDialect('a group of commands', (open, dialect) => {
  test('all are stored, each once, in the order of their answers', async () => {
    const db = await open();
    const answers = await Promise.all(range(300).map((n) => change(db, (ctx) => note(ctx, n))));
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect((await notes(db)).toSorted((a, b) => a - b)).toEqual(range(300));
    expect(await receipts(db)).toBe(300);
    if (dialect === 'sqlite') expect(await notes(db)).toEqual(range(300));
  });

  test('one that fails rolls back alone, with its events, receipt, counters and timers', async () => {
    const db = await open();
    const work = (n: number) => async (ctx: CommandContext) => {
      await setting(ctx, `key-${n}`, '0');
      note(ctx, n);
      ctx.count('test', 'all', 'done', 1);
      ctx.setTimer({ kind: 'test', subjectId: `tst_${n}`, dueAt: 1 });
      if (n === 7) throw new Error('fault of number 7');
      if (n === 11) await ctx.tx.insertInto('setting').values({ key: 'key-11', value: 'twice' }).execute();
    };
    const settled = await Promise.allSettled(range(40).map((n) => change(db, work(n))));
    const kept = range(40).filter((n) => n !== 7 && n !== 11);
    expect(settled.flatMap((one, n) => (one.status === 'rejected' ? [n] : []))).toEqual([7, 11]);
    expect((await notes(db)).toSorted((a, b) => a - b)).toEqual(kept);
    expect(await settings(db)).toEqual(kept.map((n) => `key-${n}`).toSorted());
    expect(await receipts(db)).toBe(38);
    expect(await db.read.selectFrom('timer').select('id').execute()).toHaveLength(38);
  });

  test('one whose event cannot be stored leaves nothing of its own rows', async () => {
    const db = await open();
    const fault = change(db, async (ctx) => {
      await setting(ctx, 'kept?', '1');
      ctx.record({ type: null as never, subject: 'test', subjectId: 'tst_1', scope: {}, data: {} });
    });
    await expect(fault).rejects.toThrow();
    expect(await settings(db)).toEqual([]);
    expect(await receipts(db)).toBe(0);
  });

  test('what was answered before close is there when opened again', async () => {
    const db = await open();
    const answers = Promise.all(range(50).map((n) => change(db, (ctx) => note(ctx, n))));
    await db.close();
    expect((await answers).every((answer) => answer.ok)).toBe(true);
    await expect(change(db, (ctx) => note(ctx, 99))).rejects.toThrow(/closing/);
    const again = openDatabase(db.target);
    expect((await notes(again)).toSorted((a, b) => a - b)).toEqual(range(50));
    await again.close();
  });
});

describeEachDialect('a receipt', (open) => {
  const counted = (runs: { n: number }) => ({
    name: 'test.counted',
    run: async (ctx: CommandContext, input: { key: string }): Promise<Result<{ run: number }>> => {
      runs.n += 1;
      await setting(ctx, input.key, '1');
      return ok({ run: runs.n });
    },
  });

  test('answers a replay with the first answer and runs nothing', async () => {
    const db = await open();
    const runs = { n: 0 };
    const call = callOf();
    const first = await execute(db, counted(runs), call, { key: 'a' });
    const second = await execute(db, counted(runs), { ...call, at: call.at + 1000, requestId: 'later' }, { key: 'a' });
    expect(second).toEqual(first);
    expect(runs.n).toBe(1);
  });

  test('refuses another body, another command and another account, and tells them nothing', async () => {
    const db = await open();
    const runs = { n: 0 };
    const call = callOf();
    await execute(db, counted(runs), call, { key: 'a' });
    const refused = refuse('COMMAND_ID_REUSED', {});
    expect(await execute(db, counted(runs), call, { key: 'b' })).toEqual(refused);
    expect(await execute(db, { ...counted(runs), name: 'test.else' }, call, { key: 'a' })).toEqual(refused);
    expect(await execute(db, counted(runs), { ...call, actor: other }, { key: 'a' })).toEqual(refused);
    expect(runs.n).toBe(1);
    expect(await settings(db)).toEqual(['a']);
  });

  test('keeps a refusal: the replay is refused alike although the state would allow it now', async () => {
    const db = await open();
    const state = { allowed: false };
    const definition = {
      name: 'test.refusing',
      run: async (ctx: CommandContext) => {
        await setting(ctx, 'written before the refusal', '1');
        note(ctx, 1);
        return state.allowed ? ok('done') : refuse('WRONG_STATE', { state: 'closed' });
      },
    };
    const call = callOf();
    const first = await execute(db, definition, call, {});
    state.allowed = true;
    expect(first).toEqual(refuse('WRONG_STATE', { state: 'closed' }));
    expect(await execute(db, definition, call, {})).toEqual(first);
    expect(await settings(db)).toEqual([]);
    expect(await notes(db)).toEqual([]);
    expect(await execute(db, definition, { ...call, commandId: commandId() }, {})).toEqual(ok('done'));
  });

  test('keeps nothing of a fault: the retry runs', async () => {
    const db = await open();
    const call = callOf();
    let fail = true;
    const definition = {
      name: 'test.faulty',
      run: async (ctx: CommandContext) => {
        await setting(ctx, 'once', '1');
        if (fail) throw new Error('network');
        return ok('done');
      },
    };
    await expect(execute(db, definition, call, {})).rejects.toThrow('network');
    fail = false;
    expect(await execute(db, definition, call, {})).toEqual(ok('done'));
  });

  test('lets a command that arrives many times at once take effect once', async () => {
    const db = await open();
    const call = callOf();
    const definition = {
      name: 'test.twin',
      run: async (ctx: CommandContext, input: { key: string }) => {
        await setting(ctx, input.key, '1');
        note(ctx, 1);
        ctx.count('test', 'all', 'done', 1);
        return ok({ id: ctx.newId('tst') });
      },
    };
    const answers = await Promise.all(range(12).map(() => execute(db, definition, call, { key: 'once' })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ ok: true });
    expect(await notes(db)).toEqual([1]);
    expect(await receipts(db)).toBe(1);
  });
});

describeEachDialect('inside a command', (open) => {
  test('the outer handle throws, for the builder and for raw text', async () => {
    const db = await open();
    await expect(change(db, () => db.read.selectFrom('setting').selectAll().execute())).rejects.toThrow(/use ctx\.tx/);
    await expect(change(db, () => settings(db))).rejects.toThrow(/use ctx\.tx/);
    expect(await settings(db)).toEqual([]);
  });

  test('a second command is a fault, not a wait for ever', async () => {
    const db = await open();
    await expect(change(db, () => change(db, (ctx) => note(ctx, 1)))).rejects.toThrow(/inside a command/);
    expect(await notes(db)).toEqual([]);
  });

  test('what is told about events may read through the outer handle', async () => {
    const db = await open();
    const heard = new Promise<number[]>((resolve, reject) => db.onEvents(() => notes(db).then(resolve, reject)));
    await change(db, (ctx) => note(ctx, 5));
    expect(await heard).toEqual([5]);
  });

  test('a projection changes in the same transaction and its own events are projected in turn', async () => {
    const db = await open();
    db.projections.push(async (ctx, event) => {
      const n = (event.data as { n: number }).n;
      if (n < 3) note(ctx, n + 1);
      await setting(ctx, `seen-${n}`, '1');
      if (n === 30) throw new Error('projection');
    });
    await change(db, (ctx) => note(ctx, 1));
    await expect(change(db, (ctx) => note(ctx, 30))).rejects.toThrow('projection');
    expect(await notes(db)).toEqual([1, 2, 3]);
    expect(await settings(db)).toEqual(['seen-1', 'seen-2', 'seen-3']);
  });

  test('the actor, the time and the request are in the event', async () => {
    const db = await open();
    const call = callOf({ at: 1_700_000_000_123, requestId: 'req-9', origin: '192.0.2.1' });
    await execute(db, { name: 'test.change', run: async (ctx) => (note(ctx, 1), ok(null)) }, call, {});
    const event = await db.read.selectFrom('event').selectAll().executeTakeFirstOrThrow();
    expect(event).toMatchObject({ at: 1_700_000_000_123, account_id: clerk.accountId, command_id: call.commandId, request_id: 'req-9', origin: '192.0.2.1', subject_id: 'tst_1' });
  });
});
