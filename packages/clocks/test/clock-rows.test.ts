import { randomUUID } from 'node:crypto';
import { calendarCache, calendarWarnings, clockJobs, clockTimers, explainClock, importCalendar, listCalendars, loadDefaultCalendars, restartClock, resumeClock, setOfficeHours, startClock, stopClock } from '@baxing/clocks/server';
import { type CommandContext, createWorker, type Database, execute, openDatabase, type Worker } from '@baxing/db';
import { ok, SYSTEM_ACTOR } from '@baxing/kernel';
import { describeEachDialect, type Open, type TestClock, testClock } from '@baxing/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { at, shown } from './books.ts';

const YEAR_2027 = { calendar: 'national', years: [{ year: 2027, source: '测试', days: [{ day: '2027-01-01', kind: 'off', name: '元旦' }] }] } as const;

class Desk {
  readonly db: Database;
  readonly clock: TestClock;
  readonly worker: Worker;
  readonly faults: unknown[] = [];

  constructor(db: Database, clock: TestClock) {
    this.db = db;
    this.clock = clock;
    this.worker = createWorker(db, {
      now: () => clock.now(),
      handlers: { timers: clockTimers, jobs: clockJobs, outbox: {} },
      onSealed: () => {},
      onFault: (_what, fault) => void this.faults.push(fault),
    });
  }

  async run<T>(body: (ctx: CommandContext) => Promise<T>): Promise<T> {
    const result = await execute(this.db, { name: 'test', run: async (ctx) => ok(await body(ctx)) }, this.call(), {});
    if (!result.ok) throw new Error(result.refusal.code);
    return result.value;
  }

  call() {
    return { commandId: randomUUID(), actor: SYSTEM_ACTOR, at: this.clock.now(), requestId: 'test', origin: 'test' };
  }

  async command<Input, Output, Raw>(definition: Parameters<typeof execute<Input, Output>>[1] & { input: { parse(raw: unknown): Input } }, input: Raw): Promise<Output> {
    const result = await execute(this.db, definition, this.call(), definition.input.parse(input));
    if (!result.ok) throw new Error(JSON.stringify(result.refusal));
    return result.value;
  }

  async at(text: string): Promise<void> {
    this.clock.set(at(text));
    await this.worker.runDue();
    expect(this.faults).toEqual([]);
  }

  async events(type?: string) {
    const rows = await this.db.read.selectFrom('event').select(['type', 'subject_id', 'at', 'data']).where('type', 'like', type ?? 'clock.%').orderBy('id').execute();
    return rows.map((row) => ({ type: row.type, at: shown(Number(row.at)), ...(JSON.parse(row.data) as { subjectId: string; kind: string; dueAt: number | null; clockId: string }) }));
  }

  row(subjectId: string) {
    return this.db.read.selectFrom('clock').selectAll().where('subject_id', '=', subjectId).orderBy('started_at').execute();
  }

  timers() {
    return this.db.read.selectFrom('timer').selectAll().orderBy('id').execute();
  }
}

async function openDesk(open: Open): Promise<Desk> {
  const clock = testClock(at('2023-11-28 09:30'));
  const db = await open();
  await db.caches.load([calendarCache]);
  const desk = new Desk(db, clock);
  const { imports, officeHours } = await loadDefaultCalendars();
  for (const hours of officeHours) await desk.command(setOfficeHours, hours);
  for (const calendar of imports) await desk.command(importCalendar, calendar);
  return desk;
}

const handle = (desk: Desk, subjectId: string, value = 1) => desk.run((ctx) => startClock(ctx, { subjectId, kind: 'handle', unit: 'work_day', value, startedAt: ctx.at }));

describeEachDialect('clock rows', (open, dialect) => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await openDesk(open);
  });

  describe('a running clock', () => {
    it('warns and breaches once each, at its instants', async () => {
      const started = await handle(desk, 'tkt_a');
      expect(started).toMatchObject({ state: 'running', dueAt: at('2023-11-28 18:00'), warnAt: at('2023-11-28 16:30'), localCalendar: 'known' });
      await desk.at('2023-11-28 16:29');
      expect(await desk.events()).toEqual([]);
      await desk.at('2023-11-28 16:30');
      await desk.at('2023-11-28 17:59');
      expect((await desk.events()).map(({ type, at: when }) => [type, when])).toEqual([['clock.warned', '2023-11-28 16:30']]);
      await desk.at('2023-11-28 18:00');
      await desk.at('2023-11-29 18:00');
      expect(await desk.events()).toMatchObject([
        { type: 'clock.warned', clockId: started.clockId, subjectId: 'tkt_a', kind: 'handle', dueAt: started.dueAt },
        { type: 'clock.breached', at: '2023-11-28 18:00', clockId: started.clockId, subjectId: 'tkt_a', kind: 'handle', dueAt: started.dueAt },
      ]);
      expect(await desk.timers()).toEqual([]);
    });

    it('tells warning and breach in order after a standstill', async () => {
      await handle(desk, 'tkt_a');
      await desk.at('2023-12-05 03:00');
      expect((await desk.events()).map(({ type }) => type)).toEqual(['clock.warned', 'clock.breached']);
    });

    // SQLite has one writing process.
    if (dialect === 'postgres')
      it('fires once when two processes look at the same instant', async () => {
        await handle(desk, 'tkt_a');
        const twin = openDatabase(desk.db.target);
        await twin.caches.load([calendarCache]);
        const other = new Desk(twin, desk.clock);
        desk.clock.set(at('2023-11-28 19:00'));
        await Promise.all([desk.worker.runDue(), other.worker.runDue(), desk.worker.runDue()]);
        await twin.close();
        expect((await desk.events()).map(({ type }) => type)).toEqual(['clock.warned', 'clock.breached']);
      });

    it('refuses to run twice for the same subject and kind', async () => {
      await handle(desk, 'tkt_a');
      await expect(handle(desk, 'tkt_a')).rejects.toThrow();
      await desk.run((ctx) => startClock(ctx, { subjectId: 'tkt_a', kind: 'accept', unit: 'work_hour', value: 2, startedAt: ctx.at }));
      expect(await desk.row('tkt_a')).toHaveLength(2);
    });
  });

  describe('a stopped clock', () => {
    it('is silent afterwards', async () => {
      await handle(desk, 'tkt_a');
      await desk.at('2023-11-28 17:00');
      expect(await desk.run((ctx) => stopClock(ctx, 'tkt_a', 'handle', { at: ctx.at }))).toMatchObject({ dueAt: at('2023-11-28 18:00'), late: false });
      expect(await desk.timers()).toEqual([]);
      await desk.at('2023-11-30 18:00');
      expect((await desk.events()).map(({ type }) => type)).toEqual(['clock.warned']);
      expect(await desk.run((ctx) => stopClock(ctx, 'tkt_a', 'handle', { at: ctx.at }))).toBeNull();
    });

    it('keeps its lateness even when no timer came first', async () => {
      await handle(desk, 'tkt_a');
      desk.clock.set(at('2023-11-28 18:00'));
      expect(await desk.run((ctx) => stopClock(ctx, 'tkt_a', 'handle', { at: ctx.at }))).toMatchObject({ late: true });
      await desk.at('2023-11-29 18:00');
      expect((await desk.events()).map(({ type }) => type)).toEqual(['clock.breached']);
    });

    it('starts anew with the same limit', async () => {
      const first = await handle(desk, 'tkt_a', 2);
      desk.clock.set(at('2023-11-29 11:00'));
      const second = await desk.run((ctx) => restartClock(ctx, { subjectId: 'tkt_a', kind: 'handle', startedAt: ctx.at }));
      expect(second).toMatchObject({ state: 'running', dueAt: at('2023-12-01 11:00') });
      expect(second!.clockId).not.toBe(first.clockId);
      expect((await desk.row('tkt_a')).map(({ state }) => state)).toEqual(['stopped', 'running']);
      const other = await desk.run((ctx) => restartClock(ctx, { subjectId: 'tkt_a', kind: 'handle', startedAt: ctx.at, unit: 'urgent_hour', value: 4 }));
      expect(other).toMatchObject({ dueAt: at('2023-11-29 15:00') });
      expect(await desk.run((ctx) => restartClock(ctx, { subjectId: 'tkt_b', kind: 'handle', startedAt: ctx.at }))).toBeNull();
    });

    it('resumes with what was left', async () => {
      await handle(desk, 'tkt_a');
      desk.clock.set(at('2023-11-28 12:00'));
      await desk.run((ctx) => stopClock(ctx, 'tkt_a', 'handle', { at: ctx.at }));
      await desk.at('2023-11-30 14:00');
      expect(await desk.run((ctx) => resumeClock(ctx, 'tkt_a', 'handle', { at: ctx.at }))).toMatchObject({ state: 'running', dueAt: at('2023-12-01 10:30') });
      desk.clock.set(at('2023-11-30 16:30'));
      await desk.run((ctx) => stopClock(ctx, 'tkt_a', 'handle', { at: ctx.at }));
      desk.clock.set(at('2023-12-04 09:00'));
      expect(await desk.run((ctx) => resumeClock(ctx, 'tkt_a', 'handle', { at: ctx.at }))).toMatchObject({ dueAt: at('2023-12-04 12:00') });
      expect(await desk.run((ctx) => resumeClock(ctx, 'tkt_a', 'handle', { at: ctx.at }))).toMatchObject({ state: 'running', dueAt: at('2023-12-04 12:00') });
      const explained = await explainClock(desk.db.read, desk.db.caches.get(calendarCache), 'tkt_a', 'handle');
      expect(explained!.intervals.map(({ from, to }) => [shown(from), shown(to)])).toEqual([
        ['2023-11-28 09:30', '2023-11-28 12:00'],
        ['2023-11-30 15:30', '2023-11-30 16:30'],
        ['2023-12-04 09:30', '2023-12-04 12:00'],
      ]);
      await desk.at('2023-12-04 13:00');
      expect((await desk.events()).map(({ type }) => type)).toEqual(['clock.warned', 'clock.breached']);
      expect(await desk.run((ctx) => resumeClock(ctx, 'tkt_b', 'handle', { at: ctx.at }))).toBeNull();
    });

    it('that was late stays late when it resumes', async () => {
      await handle(desk, 'tkt_a');
      await desk.at('2023-11-29 12:00');
      await desk.run((ctx) => stopClock(ctx, 'tkt_a', 'handle', { at: ctx.at }));
      expect(await desk.run((ctx) => resumeClock(ctx, 'tkt_a', 'handle', { at: ctx.at }))).toMatchObject({ dueAt: at('2023-11-28 18:00') });
      await desk.at('2023-12-29 12:00');
      expect((await desk.events()).map(({ type }) => type)).toEqual(['clock.warned', 'clock.breached']);
    });
  });

  describe('a clock whose year is missing', () => {
    it('waits without a due time, is announced once, and is computed when the year is loaded', async () => {
      desk.clock.set(at('2026-12-31 16:00'));
      const started = await handle(desk, 'tkt_a', 1);
      expect(started).toMatchObject({ state: 'awaiting_calendar', dueAt: null, warnAt: null });
      await handle(desk, 'tkt_b', 2);
      await desk.run((ctx) => startClock(ctx, { subjectId: 'tkt_c', kind: 'handle', unit: 'urgent_hour', value: 1, startedAt: ctx.at }));
      expect(await desk.timers()).toMatchObject([{ kind: 'clock.warn', due_at: at('2026-12-31 16:45') }]);
      expect(await desk.events('calendar.yearMissing')).toMatchObject([{ calendar: 'national', year: 2027 }]);
      expect(await calendarWarnings(desk.db.read)).toMatchObject([{ calendar: 'national', year: 2027, missing: 'year', waitingClocks: 2 }]);

      await desk.command(importCalendar, YEAR_2027);
      expect(await calendarWarnings(desk.db.read)).toEqual([]);
      await desk.worker.runDue();
      // 120 minutes on 31 December; 1 to 3 January are off and a weekend.
      expect(await desk.row('tkt_a')).toMatchObject([{ state: 'running', due_at: at('2027-01-04 16:00'), awaiting_year: null, local_calendar: 'unknown' }]);
      expect((await desk.events('clock.resolved')).sort((a, b) => a.dueAt! - b.dueAt!)).toMatchObject([
        { clockId: started.clockId, subjectId: 'tkt_a', kind: 'handle', dueAt: at('2027-01-04 16:00') },
        { subjectId: 'tkt_b', dueAt: at('2027-01-05 16:00') },
      ]);
      await desk.at('2027-01-04 16:00');
      expect((await desk.events('clock.breached')).map(({ subjectId }) => subjectId)).toEqual(['tkt_c', 'tkt_a']);
    });

    it('goes on waiting when another year was loaded', async () => {
      desk.clock.set(at('2027-12-31 16:00'));
      await handle(desk, 'tkt_a');
      await desk.command(importCalendar, YEAR_2027);
      await desk.worker.runDue();
      expect(await desk.row('tkt_a')).toMatchObject([{ state: 'awaiting_calendar', awaiting_year: 2028 }]);
      expect(await calendarWarnings(desk.db.read)).toMatchObject([{ year: 2028, waitingClocks: 1 }]);
      expect(await desk.events('calendar.yearMissing')).toMatchObject([{ year: 2027 }, { year: 2028 }]);
    });

    it('that was stopped meanwhile still learns whether it was late', async () => {
      desk.clock.set(at('2026-12-31 17:00'));
      await handle(desk, 'tkt_late');
      await handle(desk, 'tkt_good');
      desk.clock.set(at('2027-01-04 12:00'));
      expect(await desk.run((ctx) => stopClock(ctx, 'tkt_good', 'handle', { at: ctx.at }))).toMatchObject({ dueAt: null, late: false });
      desk.clock.set(at('2027-01-08 12:00'));
      await desk.run((ctx) => stopClock(ctx, 'tkt_late', 'handle', { at: ctx.at }));
      await desk.command(importCalendar, YEAR_2027);
      await desk.worker.runDue();
      expect(await desk.events()).toMatchObject([{ type: 'clock.breached', subjectId: 'tkt_late', dueAt: at('2027-01-04 17:00') }]);
      expect(await desk.row('tkt_good')).toMatchObject([{ state: 'stopped', due_at: at('2027-01-04 17:00'), breached_at: null, awaiting_year: null }]);
    });

    it('is resolved in batches', async () => {
      desk.clock.set(at('2027-02-01 10:00'));
      await desk.run(async (ctx) => {
        for (let i = 0; i < 250; i += 1) await startClock(ctx, { subjectId: `tkt_${i}`, kind: 'handle', unit: 'work_day', value: 1, startedAt: ctx.at });
      });
      await desk.command(importCalendar, YEAR_2027);
      await desk.worker.runDue();
      expect(await desk.events('clock.resolved')).toHaveLength(250);
      expect(await desk.db.read.selectFrom('job').select(['state', 'done']).execute()).toEqual([{ state: 'done', done: 250 }]);
      expect(await desk.timers()).toHaveLength(250);
    });

    if (dialect === 'postgres')
      it('does not wait when another process has loaded the year a moment ago', async () => {
        const twin = openDatabase(desk.db.target);
        await twin.caches.load([calendarCache]);
        const other = new Desk(twin, desk.clock);
        desk.clock.set(at('2027-01-04 09:30'));
        await desk.command(importCalendar, YEAR_2027);
        expect(await handle(other, 'tkt_a')).toMatchObject({ state: 'running', dueAt: at('2027-01-04 18:00') });
        expect(await calendarWarnings(twin.read)).toEqual([]);
        await twin.close();
      });

    it('is never left behind by an import at the same time', async () => {
      desk.clock.set(at('2027-01-04 09:30'));
      const starts = Array.from({ length: 40 }, (_, i) => handle(desk, `tkt_${i}`));
      await Promise.all([...starts.slice(0, 20), desk.command(importCalendar, YEAR_2027), ...starts.slice(20)]);
      await desk.worker.runDue();
      const clocks = await desk.db.read.selectFrom('clock').select(['state', 'due_at']).execute();
      expect(new Set(clocks.map(({ state, due_at }) => `${state} ${shown(Number(due_at))}`))).toEqual(new Set(['running 2027-01-04 18:00']));
      expect(await calendarWarnings(desk.db.read)).toEqual([]);
    });
  });

  describe('calendars', () => {
    it('are replaced year by year, and this process counts with the new ones at once', async () => {
      const closed = { calendar: 'national', years: [{ year: 2023, source: '测试', days: [{ day: '2023-11-28', kind: 'off', name: '测试假日' }] }] } as const;
      await desk.command(importCalendar, closed);
      expect(await handle(desk, 'tkt_a')).toMatchObject({ dueAt: at('2023-11-29 18:00') });
      const list = await listCalendars(desk.db.read, SYSTEM_ACTOR, { year: 2023 });
      expect(list.days.filter(({ calendar }) => calendar === 'national')).toEqual([{ calendar: 'national', day: '2023-11-28', kind: 'off', name: '测试假日' }]);
      expect(list.days.filter(({ calendar }) => calendar === 'lhasa')).toHaveLength(9);
      expect(list.years.filter(({ calendar }) => calendar === 'national')).toHaveLength(23);
      expect(await listCalendars(desk.db.read, SYSTEM_ACTOR, {})).toMatchObject({ days: [], warnings: [] });
    });

    it('have hours that follow one another', async () => {
      const hours = (validFrom: string, from: string) => desk.command(setOfficeHours, { calendar: 'lhasa', intervals: [[from, '18:00']], source: '测试', validFrom });
      await hours('2024-05-01', '09:00');
      await hours('2023-11-01', '10:00');
      await hours('2024-05-01', '08:00');
      const { officeHours } = await listCalendars(desk.db.read, SYSTEM_ACTOR, {});
      expect(officeHours.filter(({ calendar }) => calendar === 'lhasa').map(({ validFrom, validTo, intervals }) => [validFrom, validTo, intervals[0]![0]])).toEqual([
        ['1990-01-01', '2023-11-01', '09:30'],
        ['2023-11-01', '2024-05-01', '10:00'],
        ['2024-05-01', null, '08:00'],
      ]);
      expect(await handle(desk, 'tkt_a', 0.5)).toMatchObject({ dueAt: at('2023-11-28 14:00') });
    });
  });
});

describeEachDialect('an empty installation', (open) => {
  it('lets clocks wait for hours as well as for days', async () => {
    const db = await open();
    await db.caches.load([calendarCache]);
    const desk = new Desk(db, testClock(at('2023-11-28 09:30')));
    expect(await handle(desk, 'tkt_a')).toMatchObject({ state: 'awaiting_calendar' });
    const { imports, officeHours } = await loadDefaultCalendars();
    for (const calendar of imports) await desk.command(importCalendar, calendar);
    await desk.worker.runDue();
    expect(await calendarWarnings(db.read)).toMatchObject([{ calendar: 'lhasa', missing: 'office_hours' }]);
    for (const hours of officeHours) await desk.command(setOfficeHours, hours);
    await desk.worker.runDue();
    expect(await desk.events('clock.resolved')).toMatchObject([{ subjectId: 'tkt_a', dueAt: at('2023-11-28 18:00') }]);
    expect(await calendarWarnings(db.read)).toEqual([]);
    expect(desk.faults).toEqual([]);
  });
});
