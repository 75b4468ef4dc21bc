import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createDatabase, describeEachDialect, scratchFolder, testDialects } from '@baxing/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DatabaseTarget, openDatabase, SecondWriterError } from '@baxing/db';
import { change, note, notes, range } from './support.ts';

const SCRIPT = join(import.meta.dirname, 'process.ts');

function start(what: string, target: DatabaseTarget): { child: ChildProcess; lines: () => string[]; said: (line: string) => Promise<void>; code: Promise<number | null> } {
  const child = spawn(process.execPath, [SCRIPT, what, JSON.stringify(target)], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  const waits = new Set<() => void>();
  child.stdout!.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    for (const check of waits) check();
  });
  const lines = (): string[] => text.split('\n').filter((line) => line !== '');
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    child,
    lines,
    said: (line) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (lines().includes(line)) resolve();
        };
        waits.add(check);
        check();
      }),
    code: once(child, 'exit').then(([code]) => code as number | null),
  };
}

describe('migrating from four processes at once', () => {
  test.each(testDialects())('%s ends with one whole schema', async (dialect) => {
    const target: DatabaseTarget =
      dialect === 'sqlite' ? { dialect, file: join(scratchFolder('baxing-migrate-'), 'baxing.sqlite') } : { dialect, url: await createDatabase(process.env['BAXING_TEST_PG']!), connections: 2 };
    const runs = range(4).map(() => start('migrate', target));
    expect(await Promise.all(runs.map((run) => run.code))).toEqual([0, 0, 0, 0]);
    const ran = runs.flatMap((run) => run.lines());
    const migrations = ran.filter((line) => line.startsWith('000'));
    expect(migrations.length).toBeGreaterThan(5);
    expect(new Set(migrations).size).toBe(migrations.length);
    const db = openDatabase(target);
    expect(await db.migrate()).toEqual([]);
    await change(db, (ctx) => note(ctx, 1));
    expect(await notes(db)).toEqual([1]);
    await db.close();
  });
});

describeEachDialect('another process', (open, dialect) => {
  test(dialect === 'sqlite' ? 'may not write beside the first, and says so in one line; it may read' : 'may write beside the first', async () => {
    const db = await open();
    await change(db, (ctx) => note(ctx, 1));
    const second = start('write', db.target);
    expect(await second.code).toBe(dialect === 'sqlite' ? 3 : 0);
    if (dialect === 'sqlite') {
      expect(second.lines()).toEqual([`another process is writing to ${(db.target as { file: string }).file}`]);
      expect(() => openDatabase(db.target)).toThrow(SecondWriterError);
      const reader = openDatabase(db.target, { readonly: true });
      expect(await notes(reader)).toEqual([1]);
      await expect(change(reader, (ctx) => note(ctx, 2))).rejects.toThrow(/reading only/);
      await reader.close();
    } else expect((await notes(db)).length).toBe(2);
  });

  test('that is killed leaves what it answered and nothing that keeps the next from writing', async () => {
    const db = await open();
    const { target } = db;
    await db.close();
    const victim = start('answer', target);
    await victim.said('answered 40');
    victim.child.kill('SIGKILL');
    await victim.code;
    const answered = victim.lines().map((line) => Number(line.split(' ')[1]));
    const again = openDatabase(target);
    const stored = await notes(again);
    expect(new Set(stored).size).toBe(stored.length);
    expect(answered.filter((n) => !stored.includes(n))).toEqual([]);
    await change(again, (ctx) => note(ctx, -1));
    await again.close();
  });
});
