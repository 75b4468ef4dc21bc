/**
 * What lists of tickets filter and order by. Order is by `row`, which never changes, so moving a ticket on touches few indexes. The lists documented in docs/api.md use exactly these; a new combination gets an index here first.
 * The text index holds bigrams made by kernel/text, so both databases find the same tickets. SQLite's tokenizer `ascii` takes them as they are;
 * `unicode61` knows no character that is younger than Unicode 6.1.
 */
const indexes = `
create index ticket_unit on ticket (unit_id, row) where unit_id is not null;
create index ticket_unit_state on ticket (unit_id, state, row) where unit_id is not null;
create index ticket_unit_state_due on ticket (unit_id, state, due_at, row) where unit_id is not null;
create index ticket_worker_state_due on ticket (worker_post_id, state, due_at, row) where worker_post_id is not null;
create index ticket_reporter on ticket (reported_by_post, row);
create index ticket_reporter_unit on ticket (reported_by_unit, row);
create index ticket_grid on ticket (grid_id, row) where grid_id is not null;
create index ticket_street_state on ticket (street_id, state, row);
create index ticket_street on ticket (street_id, row);
create index ticket_district on ticket (district_id, row);
create index ticket_state on ticket (state, row);
create index ticket_state_due on ticket (state, due_at, row);
create index ticket_category on ticket (category_id, row);
create index ticket_action on ticket (action_code, row) where action_code is not null;
create index ticket_assignment on ticket (assignment_id, row) where assignment_id is not null;
create index ticket_task on ticket (task_id, row) where task_id is not null;
create index ticket_cell on ticket (cell, row);
`;

export const ticketLists = {
  sqlite: `${indexes}
create virtual table ticket_search using fts5(grams, content='', contentless_delete=1, tokenize='ascii');
`,
  postgres: `${indexes}
create table ticket_search (row bigint primary key, grams tsvector not null);
create index ticket_search_grams on ticket_search using gin (grams);
`,
};
