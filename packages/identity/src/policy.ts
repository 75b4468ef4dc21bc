import { type Actor, ROLES, type Role } from '@baxing/kernel';

/** Policy is data: role × verb → scope. A verb is the path of its procedure; what is not in the table is not allowed. */

/**
 * How far a verb reaches: everything · the place of the post and what lies in it · the post's unit · what the post itself has a part in ·
 * the action whose task force the post belongs to · only the caller's own account and session.
 */
export const SCOPES = ['all', 'area', 'unit', 'own', 'action', 'self'] as const;
export type Scope = (typeof SCOPES)[number];

export interface PolicyRow {
  readonly role: Role;
  readonly verb: string;
  /** `none` keeps a default row from coming back. */
  readonly scope: Scope | 'none';
}

/** Key `<role> <verb>`. */
export type PolicyTable = ReadonlyMap<string, Scope>;

/** Who has a part in a subject; the shape of `EventScope` in `@baxing/db`. */
export interface SubjectScope {
  readonly units?: readonly string[];
  readonly posts?: readonly string[];
  readonly areaPath?: string;
  readonly actionCode?: string | null;
}

const VERB = /^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/;
const isRole = (text: string | undefined): text is Role => ROLES.some((role) => role === text);
const isScope = (text: string | undefined): text is Scope | 'none' => text === 'none' || SCOPES.some((scope) => scope === text);

/** Reads `role,verb,scope` lines; throws naming the line that is no rule or repeats one. */
export function parsePolicy(csv: string): PolicyRow[] {
  const seen = new Set<string>();
  return csv
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line, i) => {
      const [role, verb = '', scope, ...rest] = line.split(',');
      if (!isRole(role) || !isScope(scope) || !VERB.test(verb) || rest.length > 0) throw new Error(`policy line ${i + 2} is no rule: ${line}`);
      if (seen.has(`${role} ${verb}`)) throw new Error(`policy line ${i + 2} repeats a rule: ${line}`);
      seen.add(`${role} ${verb}`);
      return { role, verb, scope };
    });
}

export function policyTable(rows: readonly PolicyRow[]): PolicyTable {
  const table = new Map<string, Scope>();
  for (const { role, verb, scope } of rows) if (scope !== 'none') table.set(`${role} ${verb}`, scope);
  return table;
}

/** Null = not allowed at all. */
export function scopeOf(policy: PolicyTable, actor: Pick<Actor, 'role' | 'system'>, verb: string): Scope | null {
  return actor.system ? 'all' : (policy.get(`${actor.role} ${verb}`) ?? null);
}

/**
 * Whether the subject lies within the scope. A part of one's own always counts; membership of the unit does not widen `action`,
 * or a task force that helps in another action could write there.
 */
export function inScope(scope: Scope, actor: Pick<Actor, 'postId' | 'unitId' | 'areaId' | 'actionCode'>, subject: SubjectScope): boolean {
  if (scope === 'all' || subject.posts?.includes(actor.postId)) return true;
  const ofUnit = subject.units?.includes(actor.unitId) ?? false;
  switch (scope) {
    case 'area':
      return ofUnit || (actor.areaId !== null && (subject.areaPath?.includes(`/${actor.areaId}/`) ?? false));
    case 'unit':
      return ofUnit;
    case 'action':
      return actor.actionCode !== null && subject.actionCode === actor.actionCode;
    case 'own':
    case 'self':
      return false;
  }
}

export interface ProcedureName {
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
}

/** Procedures that no role may call: a forgotten row, not a rule. */
export function proceduresWithoutPolicy(policy: PolicyTable, procedures: readonly ProcedureName[]): string[] {
  return procedures.filter(({ name }) => !ROLES.some((role) => policy.has(`${role} ${name}`))).map(({ name }) => name);
}

/** The whole policy as text, one line per procedure in order of name, one column per role; `·` = not allowed. For `docs/authorisation.txt`. */
export function authorisationMatrix(policy: PolicyTable, procedures: readonly ProcedureName[]): string {
  const rows = [...procedures].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, kind }) => [name, kind, ...ROLES.map((role) => policy.get(`${role} ${name}`) ?? '·')]);
  const table = [['procedure', 'kind', ...ROLES], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return `${table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n')}\n`;
}
