export const clocks = `
create table calendar_year (calendar text not null, year integer not null, source text not null, loaded_at integer not null, primary key (calendar, year));
create table calendar_day (calendar text not null, day text not null, kind text not null, name text not null, primary key (calendar, day));
create table office_hours (id text primary key, calendar text not null, intervals text not null, source text not null, valid_from text not null, valid_to text);
create table calendar_gap (calendar text not null, year integer not null, missing text not null, noted_at integer not null, primary key (calendar, year, missing));
create table clock (
  id text primary key, subject_id text not null, kind text not null, calendar text not null, unit text not null, value real not null, spans text not null,
  started_at integer not null, due_at integer, warn_at integer, state text not null, awaiting_year integer,
  stopped_at integer, warned_at integer, breached_at integer, local_calendar text not null);
create index clock_subject on clock (subject_id, kind, id);
create unique index clock_active on clock (subject_id, kind) where state <> 'stopped';
create index clock_awaiting on clock (id) where awaiting_year is not null;
`;
