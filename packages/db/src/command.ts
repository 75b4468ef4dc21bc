import { createHash } from 'node:crypto';
import { type Actor, type NewId, type Refusal, type Result, RefusalError, refuse } from '@baxing/kernel';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { CacheDefinition } from './caches.ts';
import { addCounters, type CounterChange } from './counters.ts';
import type { Database } from './database.ts';
import type { Tx } from './dialect.ts';

/** Who may learn that an event happened; the live stream and `history` filter by it. */
export interface EventScope {
  /** Units with a part in the subject. */
  readonly units?: readonly string[];
  /** Posts with a part in the subject. */
  readonly posts?: readonly string[];
  /** Path of the place: ids from the city down, `/jur_a/jur_b/`. */
  readonly areaPath?: string;
  readonly actionCode?: string | null;
}

export interface NewEvent {
  /** `<noun>.<past tense>`: ticket.accepted */
  readonly type: string;
  /** The table's noun: ticket, assignment, task … */
  readonly subject: string;
  readonly subjectId: string;
  readonly scope: EventScope;
  /** What happened, JSON; enough for a projection and for a reader of the history. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface TimerRow {
  /** Handler's name, registered in `packages/api`. */
  readonly kind: string;
  readonly subjectId: string;
  readonly dueAt: number;
}

/** What a command's body may touch. It awaits nothing else. */
export interface CommandContext {
  readonly tx: Tx;
  readonly dialect: 'sqlite' | 'postgres';
  readonly at: number;
  readonly actor: Actor;
  readonly newId: NewId;
  readonly commandId: string;
  /** The event is the audit row. Order of calls is the order in the log. */
  record(event: NewEvent): void;
  /** One timer per kind and subject: setting it again moves it. */
  setTimer(timer: TimerRow): void;
  clearTimer(kind: string, subjectId: string): void;
  /** Work that leaves the transaction, done after commit by the worker, at least once. */
  enqueue(topic: string, payload: Readonly<Record<string, unknown>>): void;
  count(scope: string, subject: string, name: string, delta: number): void;
  /** This process's copy of a slow-changing table; synchronous, so it cannot wait on anything but `tx`. */
  cached<T>(cache: CacheDefinition<T>): T;
  /** Tells every process, this one before the answer, that its copy is old. */
  invalidate(cache: CacheDefinition<unknown>): void;
}

/** Changes in the same transaction what a package above keeps about the subject (design: arrows point down). It may refuse the whole by throwing a RefusalError. */
export type Projection = (ctx: CommandContext, event: NewEvent) => Promise<void>;

export interface CommandDefinition<Input, Output, Raw = Input> {
  /** The tRPC path and the policy verb: `tickets.accept`. */
  readonly name: string;
  /** Parses what a client sends (`Raw`) into what the command reads (`Input`). */
  readonly input: z.ZodType<Input, Raw>;
  readonly run: (ctx: CommandContext, input: Input) => Promise<Result<Output>>;
}

export const defineCommand = <Input, Output, Raw = Input>(definition: CommandDefinition<Input, Output, Raw>): CommandDefinition<Input, Output, Raw> => definition;

export interface CommandCall {
  readonly commandId: string;
  readonly actor: Actor;
  /** Product time. */
  readonly at: number;
  readonly requestId: string;
  /** Where from: an address, `timer`, `job`, `cli`. */
  readonly origin: string;
}

class RefusedInside extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

const bodyHash = (name: string, input: unknown): string => createHash('sha256').update(name).update('\n').update(JSON.stringify(input)).digest('base64url');

interface Receipt {
  account_id: string;
  body_hash: string;
  answer: string;
}

/** Same id, same body, same account → the first answer; anything else with that id is refused and told nothing of the first. */
function replay<T>(receipt: Receipt, call: CommandCall, hash: string): Result<T> {
  if (receipt.account_id !== call.actor.accountId || receipt.body_hash !== hash) return refuse('COMMAND_ID_REUSED', {});
  return JSON.parse(receipt.answer) as Result<T>;
}

/**
 * The only way to change anything: one transaction with receipt, state, events, timers, outbox, counters and projections.
 * Refusals keep a receipt too, so a replay of a refused command is refused alike. Faults leave nothing.
 * @refuses COMMAND_ID_REUSED the id was used with another body or by another account
 */
export async function execute<Input, Output>(db: Database, definition: Pick<CommandDefinition<Input, Output>, 'name' | 'run'>, call: CommandCall, input: Input): Promise<Result<Output>> {
  const hash = bodyHash(definition.name, input);
  let unit: UnitOfWork | undefined;
  try {
    const answer = await db.writer.run(async (tx) => {
      const receipt = await findReceipt(db, tx, call.commandId);
      if (receipt) return replay<Output>(receipt, call, hash);
      unit = new UnitOfWork(db, tx, call);
      const work = unit;
      const result = await refusalAsValue(async () => {
        const done = await definition.run(work, input);
        if (done.ok) await work.flush();
        return done;
      });
      if (!result.ok) throw new RefusedInside(result.refusal);
      await insertReceipt(tx, definition.name, call, hash, result);
      return result;
    });
    // Only now: a listener that reads before the commit would find nothing.
    if (unit?.hasEvents) db.noteEvents();
    if (unit?.invalidates) await db.caches.refresh();
    return answer;
  } catch (fault) {
    if (!(fault instanceof RefusedInside)) throw fault;
    const refused: Result<Output> = { ok: false, refusal: fault.refusal };
    return db.writer.run(async (tx) => {
      const receipt = await findReceipt(db, tx, call.commandId);
      if (receipt) return replay<Output>(receipt, call, hash);
      await insertReceipt(tx, definition.name, call, hash, refused);
      return refused;
    });
  }
}

async function refusalAsValue<T>(run: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await run();
  } catch (fault) {
    if (fault instanceof RefusalError) return { ok: false, refusal: fault.refusal };
    throw fault;
  }
}

function findReceipt(db: Database, tx: Tx, commandId: string): Promise<Receipt | undefined> {
  // On PostgreSQL this also gives the transaction its id before any event takes a number; the watermark counts on it.
  if (db.dialect === 'postgres') return findReceiptWithTransactionId(tx, commandId);
  return tx.selectFrom('receipt').select(['account_id', 'body_hash', 'answer']).where('command_id', '=', commandId).executeTakeFirst();
}

async function findReceiptWithTransactionId(tx: Tx, commandId: string): Promise<Receipt | undefined> {
  const { rows } = await sql<{ command_id: string | null } & Receipt>`
    select r.command_id, r.account_id, r.body_hash, r.answer from pg_current_xact_id() x left join receipt r on r.command_id = ${commandId}`.execute(tx as never);
  const row = rows[0];
  return row?.command_id ? row : undefined;
}

async function insertReceipt(tx: Tx, name: string, call: CommandCall, hash: string, result: Result<unknown>): Promise<void> {
  await tx
    .insertInto('receipt')
    .values({ command_id: call.commandId, account_id: call.actor.accountId, name, body_hash: hash, answer: JSON.stringify(result), at: Date.now() })
    .execute();
}

const ROWS_PER_INSERT = 200;

async function inChunks<T>(rows: readonly T[], write: (chunk: readonly T[]) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS_PER_INSERT) await write(rows.slice(i, i + ROWS_PER_INSERT));
}

/** Collects what a command does besides its own rows and writes it in as few statements as there are kinds. */
class UnitOfWork implements CommandContext {
  readonly tx: Tx;
  readonly dialect: 'sqlite' | 'postgres';
  readonly at: number;
  readonly actor: Actor;
  readonly newId: NewId;
  readonly commandId: string;
  readonly #db: Database;
  readonly #call: CommandCall;
  readonly #events: NewEvent[] = [];
  readonly #timers = new Map<string, TimerRow | null>();
  readonly #outbox: { topic: string; payload: string }[] = [];
  readonly #counters: CounterChange[] = [];
  readonly #epochs = new Set<string>();

  constructor(db: Database, tx: Tx, call: CommandCall) {
    this.#db = db;
    this.#call = call;
    this.tx = tx;
    this.dialect = db.dialect;
    this.at = call.at;
    this.actor = call.actor;
    this.newId = db.newId;
    this.commandId = call.commandId;
  }

  record(event: NewEvent): void {
    this.#events.push(event);
  }

  setTimer(timer: TimerRow): void {
    this.#timers.set(`${timer.kind}:${timer.subjectId}`, timer);
  }

  clearTimer(kind: string, subjectId: string): void {
    this.#timers.set(`${kind}:${subjectId}`, null);
  }

  enqueue(topic: string, payload: Readonly<Record<string, unknown>>): void {
    this.#outbox.push({ topic, payload: JSON.stringify(payload) });
  }

  count(scope: string, subject: string, name: string, delta: number): void {
    if (delta !== 0) this.#counters.push({ scope, subject, name, delta });
  }

  cached<T>(cache: CacheDefinition<T>): T {
    return this.#db.caches.get(cache);
  }

  invalidate(cache: CacheDefinition<unknown>): void {
    this.#epochs.add(cache.name);
  }

  get hasEvents(): boolean {
    return this.#events.length > 0;
  }

  get invalidates(): boolean {
    return this.#epochs.size > 0;
  }

  async flush(): Promise<void> {
    // A projection may record events of its own; they are projected in turn.
    for (let i = 0; i < this.#events.length; i += 1) for (const project of this.#db.projections) await project(this, this.#events[i]!);
    const { tx, at } = this;
    const { actor, requestId, origin } = this.#call;
    await inChunks(this.#events, (chunk) =>
      tx
        .insertInto('event')
        .values(
          chunk.map((event) => ({
            type: event.type,
            subject: event.subject,
            subject_id: event.subjectId,
            at,
            account_id: actor.accountId,
            post_id: actor.postId,
            unit_id: actor.unitId,
            command_id: this.commandId,
            request_id: requestId,
            origin,
            scope: JSON.stringify(event.scope),
            data: JSON.stringify(event.data),
          })),
        )
        .execute(),
    );
    await this.#flushTimers();
    if (this.#outbox.length > 0) await inChunks(this.#outbox, (chunk) => tx.insertInto('outbox').values(chunk.map((row) => ({ ...row, at, not_before: at, attempts: 0, last_error: null }))).execute());
    await addCounters(tx, this.dialect, this.#counters);
    for (const name of [...this.#epochs].sort())
      await tx
        .insertInto('epoch')
        .values({ name, value: 1 })
        .onConflict((c) => c.column('name').doUpdateSet((eb) => ({ value: eb('epoch.value', '+', 1) })))
        .execute();
  }

  async #flushTimers(): Promise<void> {
    const gone = [...this.#timers].filter(([, timer]) => timer === null).map(([id]) => id);
    const set = [...this.#timers].flatMap(([id, timer]) => (timer ? [{ id, kind: timer.kind, subject_id: timer.subjectId, due_at: timer.dueAt }] : []));
    await inChunks(gone, (chunk) => this.tx.deleteFrom('timer').where('id', 'in', chunk).execute());
    await inChunks(set, (chunk) =>
      this.tx
        .insertInto('timer')
        .values(chunk)
        .onConflict((c) => c.column('id').doUpdateSet((eb) => ({ due_at: eb.ref('excluded.due_at'), attempts: 0, retry_at: 0 })))
        .execute(),
    );
  }
}
