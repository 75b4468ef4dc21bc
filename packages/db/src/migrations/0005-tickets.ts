/** Each list that the API documents has one index that gives its order: (filter columns…, sort column, id). */
export const tickets = `
create table category (
  id text primary key, source text not null, class text not null, major_code text not null, major_name text not null, minor_code text not null,
  minor_name text not null, active integer not null, note text not null, ordinal integer not null, valid_from integer not null, valid_to integer);
create unique index category_present on category (source, class, major_code, minor_code) where valid_to is null;
create table filing_standard (
  id text primary key, category_id text not null references category (id), ordinal integer not null, filing_condition text not null,
  limit_value integer not null, limit_unit text not null, close_condition text not null, note text not null, valid_from integer not null, valid_to integer);
create unique index filing_standard_present on filing_standard (category_id, filing_condition) where valid_to is null;
create index filing_standard_category on filing_standard (category_id);
create table file (
  id text primary key, sha256 text not null, media_type text not null, bytes integer not null, width integer not null, height integer not null,
  uploaded_by text not null, uploaded_by_unit text not null, uploaded_at integer not null, taken_at integer, longitude real, latitude real, evidence text not null);
create unique index file_content on file (sha256, uploaded_by);
create table ticket (
  row {id}, id text not null unique, state text not null, source text not null, category_id text not null, filing_standard_id text not null,
  text text not null, place text not null, longitude real not null, latitude real not null, cell integer not null, accuracy_m real,
  grid_id text, community_id text, street_id text, district_id text, zone_id text, area_path text not null,
  campaign_id text, action_code text, task_id text, assignment_id text, unit_id text, worker_post_id text,
  reported_by_post text not null, reported_by_unit text not null, reported_at integer not null, occurred_at integer,
  dispatched_at integer, accepted_at integer, submitted_at integer, verified_at integer, closed_at integer,
  due_at integer, clock_state text not null, warned integer not null, late integer not null, rework_count integer not null,
  updated_at integer not null, version integer not null);
create table ticket_handler (ticket_id text not null, post_id text not null, account_id text not null, unit_id text not null, role text not null, primary key (ticket_id, post_id));
create table ticket_photo (
  id text primary key, ticket_id text not null, file_id text not null references file (id), stage text not null, round integer not null, post_id text not null, added_at integer not null,
  taken_at integer, longitude real, latitude real, accuracy_m real);
create index ticket_photo_ticket on ticket_photo (ticket_id, added_at);
create index ticket_photo_file on ticket_photo (file_id);
`;
