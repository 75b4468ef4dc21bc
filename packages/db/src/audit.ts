import { createHash } from 'node:crypto';
import type { Database } from './database.ts';
import type { Reader } from './dialect.ts';
import type { Schema } from './schema/index.ts';
import type { Watermark } from './watermark.ts';

/**
 * The sealer chains events after commit: one `seal` row per batch holds the ids, a short hash per row, and a hash over
 * the previous seal and all of them. What the chain finds: a row altered, removed, swapped or inserted among sealed ones,
 * a seal altered or removed, and, with an anchor kept outside the database, a chain cut off at its end.
 */
type EventRow = { [K in keyof Schema['event']]: K extends 'id' ? number : Schema['event'][K] };

export interface Anchor {
  seq: number;
  hash: string;
}

const SEAL_BATCH = 1000;
export const GENESIS = 'baxing:genesis';

const EVENT_COLUMNS = ['id', 'type', 'subject', 'subject_id', 'at', 'account_id', 'post_id', 'unit_id', 'command_id', 'request_id', 'origin', 'scope', 'data'] as const;

const hashRow = (row: EventRow): string =>
  createHash('sha256')
    .update(JSON.stringify(EVENT_COLUMNS.map((column) => row[column])))
    .digest('hex');

const hashSeal = (seq: number, previous: string, ids: string, rowHashes: readonly string[]): string => createHash('sha256').update(`${seq}\n${previous}\n${ids}\n${rowHashes.join('\n')}`).digest('hex');

/** 16 hex digits name the row that changed; the chain itself is over the full hashes. */
const short = (hash: string): string => hash.slice(0, 16);

async function eventsAfter(reader: Reader, after: number, upTo: number, limit: number): Promise<EventRow[]> {
  return (await reader.selectFrom('event').select(EVENT_COLUMNS).where('id', '>', after).where('id', '<=', upTo).orderBy('id').limit(limit).execute()) as EventRow[];
}

/** Seals one batch; returns the new head, or null when nothing is left. Several processes may call it: the seal's number decides. */
export async function sealBatch(db: Database, watermark: Watermark, at: number): Promise<Anchor | null> {
  const upTo = await watermark.read();
  const head = await db.read.selectFrom('seal').select(['seq', 'hash', 'last_event_id']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const events = await eventsAfter(db.read, head?.last_event_id ?? 0, upTo, SEAL_BATCH);
  if (events.length === 0) return null;
  const seq = (head?.seq ?? 0) + 1;
  const previous = head?.hash ?? GENESIS;
  const rowHashes = events.map(hashRow);
  const ids = JSON.stringify(events.map((event) => event.id));
  const hash = hashSeal(seq, previous, ids, rowHashes);
  const inserted = await db.writer.run((tx) =>
    tx
      .insertInto('seal')
      .values({
        seq,
        first_event_id: events[0]!.id,
        last_event_id: events.at(-1)!.id,
        count: events.length,
        event_ids: ids,
        row_hashes: rowHashes.map(short).join(''),
        previous_hash: previous,
        hash,
        at,
      })
      .onConflict((c) => c.column('seq').doNothing())
      .returning('seq')
      .executeTakeFirst(),
  );
  return inserted ? { seq, hash } : sealBatch(db, watermark, at);
}

export type AuditFinding =
  | { kind: 'altered'; eventId: number; seal: number }
  | { kind: 'removed'; eventId: number; seal: number }
  | { kind: 'inserted'; eventId: number; seal: number }
  | { kind: 'seal_altered'; seal: number }
  | { kind: 'seal_removed'; seal: number }
  | { kind: 'cut_off'; seal: number; foundSeal: number };

export interface AuditReport {
  seals: number;
  events: number;
  /** Events after the last seal: recorded, not yet chained. */
  unsealedTail: number;
  findings: AuditFinding[];
  head: Anchor | null;
}

const FINDINGS_MAX = 200;

/** Recomputes the whole chain. `anchors`: every head that was ever told outside the database; a chain cut off and continued contradicts one of them. */
export async function verifyAudit(reader: Reader, anchors: readonly Anchor[], progress: (events: number) => void = () => {}): Promise<AuditReport> {
  const report: AuditReport = { seals: 0, events: 0, unsealedTail: 0, findings: [], head: null };
  const find = (finding: AuditFinding): void => void (report.findings.length < FINDINGS_MAX && report.findings.push(finding));
  let previous = GENESIS;
  let lastEventId = Number.MIN_SAFE_INTEGER;
  const told = new Map<number, Set<string>>();
  for (const { seq, hash } of anchors) told.set(seq, (told.get(seq) ?? new Set()).add(hash));
  const newest = Math.max(0, ...told.keys());
  for (let expected = 1; ; expected += 1) {
    const seal = await reader.selectFrom('seal').selectAll().where('seq', '>=', expected).orderBy('seq').limit(1).executeTakeFirst();
    if (!seal) break;
    for (; expected < seal.seq; expected += 1) find({ kind: 'seal_removed', seal: expected });
    const ids = JSON.parse(seal.event_ids) as number[];
    const rows = new Map((await eventsAfter(reader, lastEventId, seal.last_event_id, ids.length * 2 + SEAL_BATCH)).map((row) => [row.id, row]));
    const rowHashes: string[] = [];
    let whole = true;
    for (const [i, id] of ids.entries()) {
      const row = rows.get(id);
      rows.delete(id);
      if (!row) {
        find({ kind: 'removed', eventId: id, seal: seal.seq });
        whole = false;
        continue;
      }
      const hash = hashRow(row);
      rowHashes.push(hash);
      if (short(hash) !== seal.row_hashes.slice(i * 16, i * 16 + 16)) {
        find({ kind: 'altered', eventId: id, seal: seal.seq });
        whole = false;
      }
    }
    for (const id of rows.keys()) find({ kind: 'inserted', eventId: id, seal: seal.seq });
    const chained = seal.previous_hash === previous && (!whole || seal.hash === hashSeal(seal.seq, previous, seal.event_ids, rowHashes)) && seal.count === ids.length;
    if (!chained) find({ kind: 'seal_altered', seal: seal.seq });
    for (const hash of told.get(seal.seq) ?? []) if (hash !== seal.hash) find({ kind: 'seal_altered', seal: seal.seq });
    previous = seal.hash;
    lastEventId = seal.last_event_id;
    report.seals += 1;
    report.events += ids.length;
    report.head = { seq: seal.seq, hash: seal.hash };
    progress(report.events);
  }
  if (newest > (report.head?.seq ?? 0)) find({ kind: 'cut_off', seal: newest, foundSeal: report.head?.seq ?? 0 });
  const tail = await reader
    .selectFrom('event')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('id', '>', lastEventId)
    .executeTakeFirstOrThrow();
  report.unsealedTail = Number(tail.n);
  return report;
}
