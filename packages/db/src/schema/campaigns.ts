/** Owner: `packages/campaigns`. Quantities are steps of the task's unit of measure (kernel/quantities). */
export interface CampaignsTables {
  campaign: { id: string; name: string; area_id: string; state: string; starts_at: number; ends_at: number | null; published_at: number | null; version: number; created_at: number };
  campaign_phase: { id: string; campaign_id: string; name: string; ordinal: number; starts_at: number; ends_at: number | null };
  action: { id: string; campaign_id: string; code: string; name: string; placeholder: number; task_force_unit_id: string | null; plan_document: string; plan_file_id: string | null; ordinal: number; valid_from: number; valid_to: number | null };
  /** `duty`: leader | deputy | member. */
  task_force_member: { id: string; action_id: string; duty: string; title: string; unit_id: string | null; ordinal: number };
  task: {
    id: string;
    campaign_id: string;
    action_id: string;
    action_code: string;
    /** The row's number in the plan; one campaign has each number once. */
    no: number;
    what: string;
    how: string;
    target_steps: number | null;
    measure: string;
    acceptance_standard: string;
    deadline_at: number | null;
    standing: number;
    lead_unit_id: string | null;
    post_title: string;
    note: string;
    state: string;
    version: number;
    updated_at: number;
  };
  /** `duty`: responsible | cooperating. A unit that the register does not know stays as text. */
  task_unit: { id: string; task_id: string; duty: string; unit_id: string | null; text: string; ordinal: number };
  task_attachment: { id: string; task_id: string; file_id: string; name: string; added_at: number };
  plan_import: {
    id: string;
    campaign_id: string;
    file_name: string;
    sha256: string;
    state: string;
    rows: string;
    mends: string;
    created_by: string;
    created_at: number;
    committed_at: number | null;
    version: number;
  };
  assignment: {
    id: string;
    campaign_id: string;
    action_id: string;
    action_code: string;
    task_id: string;
    unit_id: string;
    post_id: string | null;
    area_id: string | null;
    state: string;
    target_steps: number | null;
    /** Reported by the assignee, not yet accepted by the task force. */
    reported_steps: number;
    /** Verified by the task force. */
    verified_steps: number;
    deadline_at: number | null;
    note: string;
    assigned_by: string;
    assigned_at: number;
    accept_due_at: number | null;
    accepted_at: number | null;
    submitted_at: number | null;
    verified_at: number | null;
    accept_late: number;
    warned: number;
    late: number;
    replaces_id: string | null;
    tickets_open: number;
    tickets_closed: number;
    updated_at: number;
    version: number;
  };
  assignment_report: { id: string; assignment_id: string; steps: number; note: string; file_ids: string; post_id: string; at: number; state: string };
}
