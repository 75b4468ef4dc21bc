import type { Id } from './ids.ts';

/** Roles are names that policies speak of; what a role may do is data in `identity`. */
export const ROLES = [
  'system_admin',
  'security_admin',
  'audit_admin',
  'leader',
  'office',
  'task_force',
  'intake',
  'dispatcher',
  'supervisor',
  'department',
  'district',
  'street',
  'station',
  'officer',
  'brigade',
  'grid_worker',
  'verifier',
] as const;

export type Role = (typeof ROLES)[number];

/** Who acts: one account in one of its posts. Made by the server from the session, never from input. */
export interface Actor {
  readonly accountId: Id<'acc'>;
  readonly userName: string;
  readonly postId: Id<'pst'>;
  readonly role: Role;
  readonly unitId: Id<'unt'>;
  /** The jurisdiction that the post answers for; null = no place of its own (a firm, an administrator). */
  readonly areaId: Id<'jur'> | null;
  /** Jurisdictions from the city down to `areaId`, for scope tests without a query. */
  readonly areaPath: readonly Id<'jur'>[];
  /** The action whose task force the post belongs to; null for everyone else. */
  readonly actionCode: string | null;
  /** The product itself (timers, jobs): allowed by construction, named in the audit. */
  readonly system?: true;
}

export const SYSTEM_ACTOR: Actor = {
  accountId: 'acc_system',
  userName: 'system',
  postId: 'pst_system',
  role: 'system_admin',
  unitId: 'unt_system',
  areaId: null,
  areaPath: [],
  actionCode: null,
  system: true,
};
