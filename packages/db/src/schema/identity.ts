import type { Role } from '@baxing/kernel';

/** Owner: `packages/identity`. */
export interface IdentityTables {
  account: {
    id: string;
    user_name: string;
    password_hash: string;
    must_change_password: number;
    disabled_at: number | null;
    password_changed_at: number;
    created_at: number;
    version: number;
  };
  post: {
    id: string;
    account_id: string;
    role: Role;
    title: string;
    work_number: string;
    unit_id: string;
    area_id: string | null;
    action_code: string | null;
    ordinal: number;
    valid_from: number;
    valid_to: number | null;
  };
  /** `id` is sha256 of the cookie's secret. Instants are wall-clock time, unlike everywhere else: the demonstration clock can jump. */
  session: { id: string; account_id: string; post_id: string; created_at: number; last_seen_at: number; expires_at: number; absolute_expires_at: number; origin: string };
  /** Failed sign-ins per name and per address, in wall-clock windows. */
  throttle: { key: string; window_start: number; failures: number };
  /** Role × verb → scope; `none` or absent = not allowed. */
  policy: { role: string; verb: string; scope: string };
  /** Named policy values, JSON (separation of handler and verifier, session lifetimes …). */
  policy_setting: { key: string; value: string };
}
