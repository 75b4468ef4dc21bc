/** A refusal is an answer, not a fault: a value with a stable code that a program can branch on and a person can be told in words. */

/** Every code the product answers with, and the HTTP status that follows. Add here, then in the portal's message catalogue. */
export const REFUSAL_STATUS = {
  UNAUTHENTICATED: 401,
  BAD_CREDENTIALS: 401,
  PASSWORD_CHANGE_REQUIRED: 403,
  FORBIDDEN: 403,
  ORIGIN_REFUSED: 403,
  NOT_FOUND: 404,
  VALIDATION: 400,
  WRONG_STATE: 409,
  CONFLICT: 409,
  COMMAND_ID_REUSED: 409,
  ALREADY_EXISTS: 409,
  SEPARATION: 403,
  EVIDENCE_MISSING: 422,
  GAPS: 422,
  FINDINGS_OPEN: 422,
  OUTSIDE_AREA: 422,
  LIMIT_EXCEEDED: 413,
  UNSUPPORTED_TYPE: 415,
  UNSAFE_FILE: 422,
  TOO_MANY_ATTEMPTS: 429,
  NOT_IN_DEMO: 403,
  UNAVAILABLE: 503,
} as const;

export type RefusalCode = keyof typeof REFUSAL_STATUS;

export interface Refusal {
  readonly code: RefusalCode;
  /** What the words need: field, row, rule, limit, state. JSON only; never a secret, never what the reader may not see. */
  readonly details: Readonly<Record<string, unknown>>;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const refuse = (code: RefusalCode, details: Refusal['details'] = {}): { ok: false; refusal: Refusal } => ({ ok: false, refusal: { code, details } });

/** A refusal on its way through code that reads better with exceptions (queries, nested helpers). The API turns it back into the value. */
export class RefusalError extends Error {
  readonly refusal: Refusal;
  constructor(code: RefusalCode, details: Refusal['details'] = {}) {
    super(code);
    this.refusal = { code, details };
  }
}

/** `may` of a `get`: each verb either allowed or refused with the reason that the button shows. */
export type May<Verb extends string> = Record<Verb, true | Refusal>;
