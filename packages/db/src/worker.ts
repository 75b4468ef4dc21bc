import { randomFillSync } from 'node:crypto';
import type { Actor, Result } from '@baxing/kernel';
import { SYSTEM_ACTOR, newCommandId, ok } from '@baxing/kernel';
import { type Anchor, sealBatch } from './audit.ts';
import { type CommandContext, execute } from './command.ts';
import { foldCounters } from './counters.ts';
import type { Database } from './database.ts';
import type { Tx } from './dialect.ts';
import { watermarkOf } from './watermark.ts';

/**
 * The background half of every server process: due timers, outbox, jobs, counter folding, sealing, and telling caches that they are old.
 * Everything starts from rows, so it continues after a crash and shares work between processes.
 */
export type TimerHandler = (ctx: CommandContext, subjectId: string, dueAt: number) => Promise<Result<unknown>>;
/** At least once; must be safe to repeat. */
export type OutboxHandler = (payload: Readonly<Record<string, unknown>>) => Promise<void>;

export interface JobStep {
  /** Where the next step goes on; null = finished. */
  readonly cursor: string | null;
  readonly doneDelta: number;
  readonly total?: number;
}
/** One batch of a job, ≤ 50 ms, in one transaction with its cursor. */
export type JobHandler = (ctx: CommandContext, job: { id: string; payload: Readonly<Record<string, unknown>>; cursor: string | null }) => Promise<JobStep>;

export interface WorkerHandlers {
  readonly timers: Readonly<Record<string, TimerHandler>>;
  readonly outbox: Readonly<Record<string, OutboxHandler>>;
  readonly jobs: Readonly<Record<string, JobHandler>>;
}

export interface WorkerOptions {
  /** Product time: decides what is due. */
  readonly now: () => number;
  /** The machine's time: decides when what failed is tried again. */
  readonly wall?: () => number;
  readonly handlers: WorkerHandlers;
  /** Called with each new head of the audit chain (kept outside the database). */
  readonly onSealed: (head: Anchor) => void;
  readonly onFault: (what: string, fault: unknown) => void;
  readonly pollMs?: number;
}

export interface Worker {
  /** One round of everything that is due; the test clock calls it instead of waiting. */
  runDue(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const RECEIPT_BATCH = 2000;
const TIMER_BATCH = 50;
const OUTBOX_BATCH = 50;
const RETRY_MS_MAX = 86_400_000;
const JOB_ATTEMPTS_MAX = 8;
const HANDLER_MS_MAX = 60_000;

/** 1 s, 2 s, 4 s … a day. `attempts`: failures so far, this one included. */
const retryDelay = (attempts: number): number => Math.min(RETRY_MS_MAX, 1000 * 2 ** (attempts - 1));

export function createWorker(db: Database, options: WorkerOptions): Worker {
  const { handlers, now, wall = Date.now } = options;
  const watermark = watermarkOf(db);
  let stopping = false;
  let loop: Promise<void> | null = null;
  let wake: () => void = () => {};
  let housekeepingAt = 0;

  const call = (origin: string, actor: Actor = SYSTEM_ACTOR) => ({ commandId: newCommandId(wall(), randomFillSync), actor, at: now(), requestId: origin, origin });

  async function fireTimers(): Promise<boolean> {
    const due = await db.read
      .selectFrom('timer')
      .selectAll()
      .where('due_at', '<=', now())
      .where('retry_at', '<=', wall())
      .orderBy('due_at')
      .orderBy('id')
      .limit(TIMER_BATCH)
      .execute();
    const fire = async (timer: (typeof due)[number]): Promise<void> => {
      try {
        const handler = handlers.timers[timer.kind];
        if (!handler) throw new Error(`no handler for timer ${timer.kind}`);
        const result = await execute(
          db,
          {
            name: `timer.${timer.kind}`,
            run: async (ctx) => {
              // Whoever deletes the row fires it; a twin process finds none.
              const mine = await ctx.tx.deleteFrom('timer').where('id', '=', timer.id).where('due_at', '=', timer.due_at).returning('id').executeTakeFirst();
              return mine ? handler(ctx, timer.subject_id, timer.due_at) : ok(null);
            },
          },
          call('timer'),
          { id: timer.id, dueAt: timer.due_at },
        );
        if (!result.ok) throw new Error(JSON.stringify(result.refusal));
      } catch (fault) {
        options.onFault(`timer ${timer.id}`, fault);
        const attempts = timer.attempts + 1;
        await db.writer.run((tx) =>
          tx
            .updateTable('timer')
            .set({ attempts, retry_at: wall() + retryDelay(attempts) })
            .where('id', '=', timer.id)
            .where('due_at', '=', timer.due_at)
            .execute(),
        );
      }
    };
    // Together they share a commit on SQLite, where the writer keeps their order; PostgreSQL would not.
    if (db.dialect === 'sqlite') await Promise.all(due.map(fire));
    else for (const timer of due) await fire(timer);
    return due.length === TIMER_BATCH;
  }

  async function deliverOutbox(): Promise<boolean> {
    const rows = await db.read.selectFrom('outbox').selectAll().where('not_before', '<=', wall()).orderBy('not_before').orderBy('id').limit(OUTBOX_BATCH).execute();
    for (const row of rows) {
      const attempts = row.attempts + 1;
      // The lease: whoever moves `not_before` delivers; a crash in between repeats it later.
      const mine = await db.writer.run((tx) =>
        tx
          .updateTable('outbox')
          .set({ not_before: wall() + HANDLER_MS_MAX, attempts })
          .where('id', '=', row.id)
          .where('attempts', '=', row.attempts)
          .returning('id')
          .executeTakeFirst(),
      );
      if (!mine) continue;
      try {
        const handler = handlers.outbox[row.topic];
        if (!handler) throw new Error(`no handler for outbox topic ${row.topic}`);
        await handler(JSON.parse(row.payload) as Record<string, unknown>);
        await db.writer.run((tx) => tx.deleteFrom('outbox').where('id', '=', row.id).execute());
      } catch (fault) {
        options.onFault(`outbox ${row.topic}`, fault);
        await db.writer.run((tx) =>
          tx
            .updateTable('outbox')
            .set({ not_before: wall() + retryDelay(attempts), last_error: String(fault).slice(0, 500) })
            .where('id', '=', row.id)
            .execute(),
        );
      }
    }
    return rows.length === OUTBOX_BATCH;
  }

  async function stepJob(): Promise<boolean> {
    const job = await db.read
      .selectFrom('job')
      .selectAll()
      .where('state', 'in', ['waiting', 'running'])
      .where('retry_at', '<=', wall())
      .orderBy('created_at')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (!job) return false;
    /** Only the step that the row still waits for may write it: a twin process may have done it. */
    const mine = (tx: Tx) => tx.updateTable('job').where('id', '=', job.id).where('updated_at', '=', job.updated_at).where('done', '=', job.done);
    const updatedAt = Math.max(wall(), job.updated_at + 1);
    try {
      const handler = handlers.jobs[job.kind];
      if (!handler) throw new Error(`no handler for job ${job.kind}`);
      const result = await execute(
        db,
        {
          name: `job.${job.kind}`,
          run: async (ctx) => {
            const taken = await mine(ctx.tx).set({ state: 'running', updated_at: updatedAt }).returning('id').executeTakeFirst();
            if (!taken) return ok(null);
            const step = await handler(ctx, { id: job.id, payload: JSON.parse(job.payload) as Record<string, unknown>, cursor: job.cursor });
            await ctx.tx
              .updateTable('job')
              .set({ cursor: step.cursor, done: job.done + step.doneDelta, total: step.total ?? job.total, state: step.cursor === null ? 'done' : 'running', attempts: 0, error: null })
              .where('id', '=', job.id)
              .execute();
            return ok(null);
          },
        },
        call('job', JSON.parse(job.actor) as Actor),
        { id: job.id, cursor: job.cursor, done: job.done },
      );
      if (!result.ok) throw new Error(JSON.stringify(result.refusal));
    } catch (fault) {
      options.onFault(`job ${job.kind}`, fault);
      const attempts = job.attempts + 1;
      await db.writer.run((tx) =>
        mine(tx)
          .set({ attempts, retry_at: wall() + retryDelay(attempts), state: attempts >= JOB_ATTEMPTS_MAX ? 'failed' : job.state, error: String(fault).slice(0, 500), updated_at: updatedAt })
          .execute(),
      );
    }
    return true;
  }

  async function seal(): Promise<boolean> {
    const head = await sealBatch(db, watermark, now());
    if (head) options.onSealed(head);
    return head !== null;
  }

  async function housekeeping(): Promise<boolean> {
    if (db.dialect === 'postgres' && (await db.writer.run((tx) => foldCounters(tx))) >= 5000) return true;
    if (wall() < housekeepingAt) return false;
    housekeepingAt = wall() + 3_600_000;
    // Receipts answer replays for a month of the wall's time: longer than any offline queue may live.
    const old = wall() - 30 * 86_400_000;
    const { numDeletedRows } = await db.writer.run((tx) =>
      tx
        .deleteFrom('receipt')
        .where('command_id', 'in', (eb) => eb.selectFrom('receipt').select('command_id').where('at', '<', old).limit(RECEIPT_BATCH))
        .executeTakeFirst(),
    );
    const more = numDeletedRows >= BigInt(RECEIPT_BATCH);
    if (more) housekeepingAt = 0;
    return more;
  }

  const steps: readonly (readonly [string, () => Promise<boolean>])[] = [
    ['timers', fireTimers],
    ['outbox', deliverOutbox],
    ['job', stepJob],
    ['seal', seal],
    ['housekeeping', housekeeping],
  ];

  async function round(): Promise<boolean> {
    let more = false;
    try {
      await db.caches.refresh();
    } catch (fault) {
      options.onFault('caches', fault);
    }
    for (const [name, step] of steps) {
      if (stopping) return false;
      try {
        more = (await step()) || more;
      } catch (fault) {
        options.onFault(name, fault);
      }
    }
    return more;
  }

  return {
    async runDue() {
      while (await round());
    },
    start() {
      loop = (async () => {
        while (!stopping) {
          const more = await round();
          if (stopping) break;
          await new Promise<void>((resolve) => {
            wake = resolve;
            setTimeout(resolve, more ? 0 : (options.pollMs ?? 250));
          });
        }
      })();
    },
    async stop() {
      stopping = true;
      wake();
      await loop;
    },
  };
}

/** Starts a job in the transaction of the command that wants it. */
export async function startJob(ctx: CommandContext, kind: string, payload: Readonly<Record<string, unknown>>, total: number | null = null): Promise<string> {
  const id = ctx.newId('job');
  await ctx.tx
    .insertInto('job')
    .values({
      id,
      kind,
      state: 'waiting',
      payload: JSON.stringify(payload),
      cursor: null,
      done: 0,
      total,
      error: null,
      actor: JSON.stringify(ctx.actor),
      created_at: Date.now(),
      updated_at: Date.now(),
    })
    .execute();
  return id;
}
