import type { Anchor, Database, LogTail, ReaderPool, Tx, Worker } from '@baxing/db';
import type { RefusalCode } from '@baxing/kernel';

/** What one server process gives to every request. Made once by `apps/server`. */
export interface Services {
  readonly db: Database;
  /** Product time: the demonstration's own clock, or the wall's. */
  readonly now: () => number;
  /** The wall's time: sessions and throttling live by it, since the demonstration's clock can jump. */
  readonly wallNow: () => number;
  readonly heavy: ReaderPool;
  readonly tail: LogTail;
  readonly worker: Worker;
  /** Present only in the demonstration: its clock is moved in the command's transaction and read again after the commit. */
  readonly demo: { advance(tx: Tx, minutes: number): Promise<void>; refresh(): Promise<number> } | null;
  /** Heads of the audit chain that were kept outside the database. */
  readonly anchors: () => readonly Anchor[];
  /** True when the product is reached over TLS only: the cookie says Secure. */
  readonly secureCookies: boolean;
  readonly mapTiles: string | null;
  observe(procedure: string, kind: 'query' | 'mutation' | 'subscription', outcome: 'ok' | RefusalCode | 'FAULT', ms: number): void;
  fault(requestId: string, procedure: string, error: unknown): void;
}
