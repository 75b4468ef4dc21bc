import type { Generated } from 'kysely';

/** Owner: `packages/tickets`. */
export interface TicketsTables {
  category: {
    id: string;
    source: string;
    class: string;
    major_code: string;
    major_name: string;
    minor_code: string;
    minor_name: string;
    active: number;
    note: string;
    ordinal: number;
    valid_from: number;
    valid_to: number | null;
  };
  filing_standard: { id: string; category_id: string; ordinal: number; filing_condition: string; limit_value: number; limit_unit: string; close_condition: string; note: string; valid_from: number; valid_to: number | null };
  ticket: {
    id: string;
    /** Running number: order of lists, key of the search index, and the last part of the ticket's number. */
    row: Generated<number>;
    state: string;
    source: string;
    category_id: string;
    filing_standard_id: string;
    text: string;
    place: string;
    longitude: number;
    latitude: number;
    /** `cellOf` the position (kernel/geometry). */
    cell: number;
    accuracy_m: number | null;
    grid_id: string | null;
    community_id: string | null;
    street_id: string | null;
    district_id: string | null;
    zone_id: string | null;
    /** `path` of the deepest jurisdiction found. */
    area_path: string;
    campaign_id: string | null;
    action_code: string | null;
    task_id: string | null;
    assignment_id: string | null;
    unit_id: string | null;
    worker_post_id: string | null;
    reported_by_post: string;
    reported_by_unit: string;
    reported_at: number;
    occurred_at: number | null;
    dispatched_at: number | null;
    accepted_at: number | null;
    submitted_at: number | null;
    verified_at: number | null;
    closed_at: number | null;
    due_at: number | null;
    /** none | running | awaiting_calendar | stopped */
    clock_state: string;
    warned: number;
    late: number;
    rework_count: number;
    updated_at: number;
    version: number;
  };
  /** Everyone who handled any part, for the separation of handler and verifier. */
  ticket_handler: { ticket_id: string; post_id: string; account_id: string; unit_id: string; role: string };
  ticket_photo: { id: string; ticket_id: string; file_id: string; stage: string; round: number; post_id: string; added_at: number; taken_at: number | null; longitude: number | null; latitude: number | null; accuracy_m: number | null };
  file: {
    id: string;
    sha256: string;
    media_type: string;
    bytes: number;
    width: number;
    height: number;
    uploaded_by: string;
    uploaded_by_unit: string;
    uploaded_at: number;
    taken_at: number | null;
    longitude: number | null;
    latitude: number | null;
    evidence: string;
  };
}
