export const foundation = `
create table setting (key text primary key, value text not null);
create table epoch (name text primary key, value integer not null);
create table receipt (command_id text primary key, account_id text not null, name text not null, body_hash text not null, answer text not null, at integer not null);
create index receipt_at on receipt (at);
create table event (
  id {id}, type text not null, subject text not null, subject_id text not null, at integer not null,
  account_id text not null, post_id text not null, unit_id text not null, command_id text not null, request_id text not null,
  origin text not null, scope text not null, data text not null);
create index event_subject on event (subject_id, id);
create index event_account on event (account_id, id);
create table seal (
  seq integer primary key, first_event_id integer not null, last_event_id integer not null, count integer not null,
  event_ids text not null, row_hashes text not null, previous_hash text not null, hash text not null, at integer not null);
create table outbox (id {id}, topic text not null, payload text not null, at integer not null, not_before integer not null, attempts integer not null, last_error text);
create index outbox_due on outbox (not_before, id);
create table timer (id text primary key, kind text not null, subject_id text not null, due_at integer not null, attempts integer not null default 0, retry_at integer not null default 0);
create index timer_due on timer (due_at, id);
create index timer_subject on timer (subject_id);
create table job (
  id text primary key, kind text not null, state text not null, payload text not null, cursor text, done integer not null, total integer,
  error text, actor text not null, created_at integer not null, updated_at integer not null, attempts integer not null default 0, retry_at integer not null default 0);
create index job_state on job (state, created_at);
create table counter (scope text not null, subject text not null, name text not null, value integer not null, primary key (scope, subject, name));
create table counter_delta (id {id}, scope text not null, subject text not null, name text not null, delta integer not null);
create index counter_delta_key on counter_delta (scope, subject, name);
`;
