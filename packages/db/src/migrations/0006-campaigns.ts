export const campaigns = `
create table campaign (
  id text primary key, name text not null, area_id text not null, state text not null, starts_at integer not null, ends_at integer, published_at integer, policy text not null,
  version integer not null, created_at integer not null);
create table campaign_phase (id text primary key, campaign_id text not null references campaign (id), name text not null, ordinal integer not null, starts_at integer not null, ends_at integer);
create index campaign_phase_campaign on campaign_phase (campaign_id, ordinal);
create table action (
  id text primary key, campaign_id text not null references campaign (id), code text not null, name text not null, placeholder integer not null,
  task_force_unit_id text, plan_document text not null, plan_file_id text, ordinal integer not null, valid_from integer not null, valid_to integer);
create unique index action_code on action (campaign_id, code);
create table task_force_member (id text primary key, action_id text not null references action (id), duty text not null, title text not null, unit_id text, ordinal integer not null);
create index task_force_member_action on task_force_member (action_id, ordinal);
create table task (
  id text primary key, campaign_id text not null references campaign (id), action_id text not null references action (id), action_code text not null, no integer not null,
  what text not null, how text not null, target_steps integer, measure text not null, acceptance_standard text not null, deadline_at integer, standing integer not null,
  lead_unit_id text, post_title text not null, note text not null, state text not null, origin text not null, dropped integer not null, allotted_steps integer not null,
  published_version integer, version integer not null, updated_at integer not null);
create unique index task_no on task (campaign_id, no);
create table task_unit (
  id text primary key, task_id text not null references task (id), duty text not null, unit_id text, text text not null, group_kind text, group_area_id text, ordinal integer not null);
create index task_unit_task on task_unit (task_id, ordinal);
create table task_attachment (id text primary key, task_id text not null references task (id), file_id text not null, name text not null, added_at integer not null);
create index task_attachment_task on task_attachment (task_id);
create index task_attachment_file on task_attachment (file_id);
create table plan_import (
  id text primary key, campaign_id text not null references campaign (id), file_name text not null, sha256 text not null, state text not null, rows text not null, mends text not null,
  created_by text not null, created_at integer not null, committed_at integer, version integer not null);
create unique index plan_import_file on plan_import (campaign_id, sha256);
create table assignment (
  id text primary key, campaign_id text not null references campaign (id), action_id text not null, action_code text not null, task_id text not null references task (id), unit_id text not null, post_id text,
  area_path text not null, state text not null, target_steps integer not null, reported_steps integer not null, verified_steps integer not null, deadline_at integer, note text not null, reason text not null,
  assigned_by text not null, assigned_at integer not null, accept_due_at integer, accepted_at integer, submitted_at integer, submitted_by text, verified_at integer,
  accept_late integer not null, accept_warned integer not null, warned integer not null, late integer not null, round integer not null, replaces_id text,
  updated_at integer not null, version integer not null);
create index assignment_task on assignment (task_id, id);
create index assignment_unit on assignment (unit_id, id);
create index assignment_post on assignment (post_id, id);
create index assignment_campaign on assignment (campaign_id, action_code, unit_id, id);
create table assignment_report (
  id text primary key, assignment_id text not null references assignment (id), steps integer not null, note text not null,
  post_id text not null, account_id text not null, round integer not null, at integer not null);
create index assignment_report_assignment on assignment_report (assignment_id, id);
create table assignment_report_file (
  file_id text not null, report_id text not null references assignment_report (id), assignment_id text not null references assignment (id), ordinal integer not null,
  primary key (file_id, report_id));
create index assignment_report_file_assignment on assignment_report_file (assignment_id);
`;
