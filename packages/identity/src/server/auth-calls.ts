import { randomFillSync } from 'node:crypto';
import type { CommandCall } from '@baxing/db';
import { type Actor, newCommandId } from '@baxing/kernel';

/** What every `auth.*` verb is told about its request. */
export interface AuthRequest {
  /** The client's network address. */
  readonly address: string;
  /** Wall clock: sessions and throttling live by it. */
  readonly wallNow: number;
  /** Product time: for the audit. */
  readonly at: number;
  readonly requestId: string;
}

/** `auth.*` takes no command id from the client: repeating a sign-in makes another session. */
export const authCall = (request: AuthRequest, actor: Actor): CommandCall => ({
  commandId: newCommandId(request.wallNow, randomFillSync),
  actor,
  at: request.at,
  requestId: request.requestId,
  origin: request.address.slice(0, 64),
});

/** Events of identity concern nobody by unit or place: only who reads everything sees them. */
export const NOBODY = {} as const;
