/**
 * What lists of tickets filter and order by. The lists documented in docs/api.md use exactly these; a new combination gets an index here first.
 * The text index holds bigrams made by kernel/text, so both databases find the same tickets.
 */
const indexes = `
create index ticket_unit_state_due on ticket (unit_id, state, due_at, id);
create index ticket_unit_updated on ticket (unit_id, updated_at, id);
create index ticket_worker_state_due on ticket (worker_post_id, state, due_at, id);
create index ticket_grid_updated on ticket (grid_id, updated_at, id);
create index ticket_street_state_updated on ticket (street_id, state, updated_at, id);
create index ticket_street_updated on ticket (street_id, updated_at, id);
create index ticket_district_updated on ticket (district_id, updated_at, id);
create index ticket_state_updated on ticket (state, updated_at, id);
create index ticket_state_due on ticket (state, due_at, id);
create index ticket_updated on ticket (updated_at, id);
create index ticket_category_updated on ticket (category_id, updated_at, id);
create index ticket_action_updated on ticket (action_code, updated_at, id);
create index ticket_assignment_updated on ticket (assignment_id, updated_at, id);
create index ticket_task_updated on ticket (task_id, updated_at, id);
create index ticket_reporter on ticket (reported_by_post, updated_at, id);
create index ticket_place on ticket (latitude, longitude);
`;

export const ticketLists = {
  sqlite: `${indexes}
create virtual table ticket_search using fts5(grams, content='', contentless_delete=1, tokenize="unicode61 categories 'L* N* Co Mn Mc'");
`,
  postgres: `${indexes}
create table ticket_search (row bigint primary key, grams tsvector not null);
create index ticket_search_grams on ticket_search using gin (grams);
`,
};
