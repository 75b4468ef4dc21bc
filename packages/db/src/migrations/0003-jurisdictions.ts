export const jurisdictions = `
create table jurisdiction (
  id text primary key, kind text not null, layer text not null, synthetic integer not null, valid_from integer not null, valid_to integer, version integer not null);
create table jurisdiction_term (
  id text primary key, jurisdiction_id text not null references jurisdiction (id), name text not null, parent_id text references jurisdiction (id),
  ordinal integer not null, valid_from integer not null, valid_to integer);
create unique index jurisdiction_term_key on jurisdiction_term (jurisdiction_id, valid_from);
create index jurisdiction_term_parent on jurisdiction_term (parent_id);
create table jurisdiction_code (
  id text primary key, jurisdiction_id text not null references jurisdiction (id), source text not null, edition text not null, code text not null,
  valid_from integer not null, valid_to integer);
create unique index jurisdiction_code_key on jurisdiction_code (source, edition, code, valid_from);
create index jurisdiction_code_owner on jurisdiction_code (jurisdiction_id);
create table jurisdiction_area (
  id text primary key, jurisdiction_id text not null references jurisdiction (id), shape text not null, area_m2 real not null,
  west real not null, south real not null, east real not null, north real not null, synthetic integer not null, source text not null,
  valid_from integer not null, valid_to integer);
create unique index jurisdiction_area_key on jurisdiction_area (jurisdiction_id, valid_from);
create table unit (
  id text primary key, name text not null, short_name text not null, kind text not null, parent_id text references unit (id), note text not null,
  ordinal integer not null, valid_from integer not null, valid_to integer, version integer not null);
create index unit_name on unit (name);
create table unit_area (
  id text primary key, unit_id text not null references unit (id), jurisdiction_id text not null references jurisdiction (id), note text not null,
  valid_from integer not null, valid_to integer);
create index unit_area_place on unit_area (jurisdiction_id);
create unique index unit_area_key on unit_area (unit_id, jurisdiction_id, valid_from);
`;
