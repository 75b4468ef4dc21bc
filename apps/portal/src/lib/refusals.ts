import { formatSpan } from '@baxing/ui/format';
import type { RefusalCode } from '@baxing/kernel';
import { stageLabel, ticketStateLabel } from '#lib/labels.ts';
import { m } from '#lib/paraglide/messages.js';

/** What the client is answered instead of a value: the kernel's codes, a fault of the server, or no answer at all. */
export interface ClientRefusal {
  readonly code: RefusalCode | 'FAULT' | 'OFFLINE';
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string;
}

type Details = ClientRefusal['details'];
/** A refusal inside an answer (`may`, a bulk command's rows) has no request of its own. */
export type AnyRefusal = { readonly code: ClientRefusal['code']; readonly details: Details; readonly requestId?: string };

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const count = (value: unknown): string | null => (typeof value === 'number' ? String(value) : Array.isArray(value) ? String(value.length) : null);

const FIELDS: Readonly<Record<string, (() => string) | undefined>> = {
  userName: m.refusal_field_userName,
  username: m.refusal_field_userName,
  password: m.refusal_field_password,
  newPassword: m.refusal_field_newPassword,
  text: m.refusal_field_text,
  note: m.refusal_field_note,
  reason: m.refusal_field_reason,
  place: m.refusal_field_place,
  longitude: m.refusal_field_position,
  latitude: m.refusal_field_position,
  categoryId: m.refusal_field_categoryId,
  filingStandardId: m.refusal_field_filingStandardId,
  unitId: m.refusal_field_unitId,
  workerPostId: m.refusal_field_workerPostId,
  postId: m.refusal_field_postId,
  photos: m.refusal_field_photos,
  minutes: m.refusal_field_minutes,
  deadlineAt: m.refusal_field_deadlineAt,
  targets: m.refusal_field_targets,
  target: m.refusal_field_target,
  quantity: m.refusal_field_quantity,
  what: m.refusal_field_what,
  how: m.refusal_field_how,
  leadUnitId: m.refusal_field_leadUnitId,
  acceptanceStandard: m.refusal_field_acceptanceStandard,
  measure: m.refusal_field_measure,
  name: m.refusal_field_name,
  file: m.refusal_field_file,
};

/** `photos.0.fileId` → 照片. */
const fieldLabel = (path: string): string => {
  for (const part of path.split('.').reverse()) {
    const label = FIELDS[part];
    if (label) return label();
  }
  return path;
};

const PROBLEMS: Readonly<Record<string, (() => string) | undefined>> = {
  TOO_SHORT: m.refusal_problem_TOO_SHORT,
  TOO_LONG: m.refusal_problem_TOO_LONG,
  TOO_FEW_KINDS: m.refusal_problem_TOO_FEW_KINDS,
  CONTAINS_USER_NAME: m.refusal_problem_CONTAINS_USER_NAME,
  COMMON: m.refusal_problem_COMMON,
  SAME_AS_OLD: m.refusal_problem_SAME_AS_OLD,
};

function validationText(details: Details): string {
  const problems = Array.isArray(details['problems']) ? details['problems'].map((problem) => PROBLEMS[String(problem)]?.() ?? String(problem)) : [];
  if (problems.length > 0) return `${problems.join('；')}。`;
  const field = text(details['field']);
  if (field) return m.refusal_VALIDATION_field({ field: fieldLabel(field) });
  const issues = Array.isArray(details['issues']) ? (details['issues'] as readonly { path?: unknown }[]) : [];
  const fields = [...new Set(issues.map((issue) => fieldLabel(String(issue.path ?? ''))).filter((label) => label !== ''))];
  if (fields.length === 1) return m.refusal_VALIDATION_field({ field: fields[0]! });
  return fields.length > 1 ? m.refusal_VALIDATION_fields({ fields: fields.join('、') }) : m.refusal_VALIDATION();
}

const PARTIES: Readonly<Record<string, (() => string) | undefined>> = { handler: m.refusal_FORBIDDEN_handler, unit: m.refusal_FORBIDDEN_unit };
const SEPARATIONS: Readonly<Record<string, (() => string) | undefined>> = {
  person: m.refusal_SEPARATION_person,
  unit: m.refusal_SEPARATION_unit,
  administrators_apart: m.refusal_SEPARATION_administrators_apart,
  protected_role: m.refusal_SEPARATION_protected,
  protected_account: m.refusal_SEPARATION_protected,
  own_account: m.refusal_SEPARATION_own_account,
};

/** One sentence per code; the compiler refuses a code without one. */
const SENTENCES: Readonly<Record<ClientRefusal['code'], (details: Details, requestId: string) => string>> = {
  UNAUTHENTICATED: () => m.refusal_UNAUTHENTICATED(),
  BAD_CREDENTIALS: () => m.refusal_BAD_CREDENTIALS(),
  PASSWORD_CHANGE_REQUIRED: () => m.refusal_PASSWORD_CHANGE_REQUIRED(),
  FORBIDDEN: (details) => PARTIES[String(details['party'])]?.() ?? m.refusal_FORBIDDEN(),
  ORIGIN_REFUSED: () => m.refusal_ORIGIN_REFUSED(),
  NOT_FOUND: () => m.refusal_NOT_FOUND(),
  VALIDATION: validationText,
  WRONG_STATE: (details) => {
    const state = text(details['state']);
    const label = state && ticketStateLabel(state);
    return label && label !== state ? m.refusal_WRONG_STATE_named({ state: label }) : m.refusal_WRONG_STATE();
  },
  CONFLICT: () => m.refusal_CONFLICT(),
  COMMAND_ID_REUSED: () => m.refusal_COMMAND_ID_REUSED(),
  ALREADY_EXISTS: (details) => {
    const name = text(details['name']) ?? text(details['userName']);
    return name ? m.refusal_ALREADY_EXISTS_named({ name }) : m.refusal_ALREADY_EXISTS();
  },
  SEPARATION: (details) => SEPARATIONS[String(details['rule'])]?.() ?? m.refusal_SEPARATION(),
  EVIDENCE_MISSING: (details) => {
    const stages = details['stages'];
    return Array.isArray(stages) && stages.length > 0 ? m.refusal_EVIDENCE_MISSING_stages({ stages: stages.map((stage) => stageLabel(String(stage))).join('、') }) : m.refusal_EVIDENCE_MISSING();
  },
  GAPS: (details) => {
    const gaps = count(details['count']) ?? count(details['gaps']);
    return gaps ? m.refusal_GAPS_count({ count: gaps }) : m.refusal_GAPS();
  },
  FINDINGS_OPEN: (details) => {
    const findings = count(details['count']) ?? count(details['findings']);
    return findings ? m.refusal_FINDINGS_OPEN_count({ count: findings }) : m.refusal_FINDINGS_OPEN();
  },
  OUTSIDE_AREA: () => m.refusal_OUTSIDE_AREA(),
  LIMIT_EXCEEDED: (details) => {
    const max = count(details['max']) ?? (typeof details['limit'] === 'number' ? count(details['limit']) : null);
    return max ? m.refusal_LIMIT_EXCEEDED_max({ max }) : m.refusal_LIMIT_EXCEEDED();
  },
  UNSUPPORTED_TYPE: () => m.refusal_UNSUPPORTED_TYPE(),
  UNSAFE_FILE: () => m.refusal_UNSAFE_FILE(),
  TOO_MANY_ATTEMPTS: (details) => {
    const seconds = details['retryAfterSeconds'];
    return typeof seconds === 'number' ? m.refusal_TOO_MANY_ATTEMPTS_wait({ span: formatSpan(Math.max(60, seconds) * 1000) }) : m.refusal_TOO_MANY_ATTEMPTS();
  },
  NOT_IN_DEMO: () => m.refusal_NOT_IN_DEMO(),
  UNAVAILABLE: () => m.refusal_UNAVAILABLE(),
  FAULT: (_, requestId) => m.refusal_FAULT({ id: requestId || '—' }),
  OFFLINE: () => m.refusal_OFFLINE(),
};

/** The refusal as a person is told it. */
export const refusalText = (refusal: AnyRefusal): string => SENTENCES[refusal.code](refusal.details, refusal.requestId ?? '');
