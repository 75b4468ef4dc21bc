import type { Generated } from 'kysely';

/** Tables that `packages/db` itself writes. Instants are epoch ms, flags 0/1, JSON is text: the same on both databases. */
export interface FoundationTables {
  setting: { key: string; value: string };
  /** A number that grows when something cached in processes has changed. */
  epoch: { name: string; value: number };
  /** `at`: wall time, by which it is kept; product time can jump in the demonstration. */
  receipt: { command_id: string; account_id: string; name: string; body_hash: string; answer: string; at: number };
  event: {
    id: Generated<number>;
    type: string;
    subject: string;
    subject_id: string;
    at: number;
    account_id: string;
    post_id: string;
    unit_id: string;
    command_id: string;
    request_id: string;
    origin: string;
    /** JSON of `EventScope`: who may see that this happened. */
    scope: string;
    data: string;
  };
  seal: { seq: number; first_event_id: number; last_event_id: number; count: number; event_ids: string; row_hashes: string; previous_hash: string; hash: string; at: number };
  outbox: { id: Generated<number>; topic: string; payload: string; at: number; not_before: number; attempts: number; last_error: string | null };
  /** `retry_at`: wall clock; a timer whose handler failed waits until then, so that it holds up no other. */
  timer: { id: string; kind: string; subject_id: string; due_at: number; attempts: Generated<number>; retry_at: Generated<number> };
  job: {
    id: string;
    kind: string;
    state: 'waiting' | 'running' | 'done' | 'failed';
    payload: string;
    cursor: string | null;
    done: number;
    total: number | null;
    error: string | null;
    actor: string;
    created_at: number;
    updated_at: number;
    /** Failures since the last step that went through. */
    attempts: Generated<number>;
    /** Wall clock: no step before it. */
    retry_at: Generated<number>;
  };
  counter: { scope: string; subject: string; name: string; value: number };
  counter_delta: { id: Generated<number>; scope: string; subject: string; name: string; delta: number };
}
