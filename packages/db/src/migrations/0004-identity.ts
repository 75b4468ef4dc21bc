export const identity = `
create table account (
  id text primary key, user_name text not null unique, password_hash text not null, must_change_password integer not null,
  disabled_at integer, password_changed_at integer not null, created_at integer not null, version integer not null);
create table post (
  id text primary key, account_id text not null references account (id), role text not null, title text not null, work_number text not null,
  unit_id text not null references unit (id), area_id text references jurisdiction (id), action_code text, ordinal integer not null,
  valid_from integer not null, valid_to integer);
create index post_account on post (account_id, ordinal);
create index post_unit on post (unit_id, role);
create table session (
  id text primary key, account_id text not null references account (id), post_id text not null, created_at integer not null, last_seen_at integer not null,
  expires_at integer not null, absolute_expires_at integer not null, origin text not null);
create index session_account on session (account_id);
create index session_expiry on session (expires_at);
create table throttle (key text primary key, window_start integer not null, failures integer not null);
create table policy (role text not null, verb text not null, scope text not null, primary key (role, verb));
create table policy_setting (key text primary key, value text not null);
`;
