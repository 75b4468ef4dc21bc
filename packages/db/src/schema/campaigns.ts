/** Owner: `packages/campaigns`. Quantities are steps of the task's unit of measure (kernel/quantities). */
export interface CampaignsTables {
  /** `policy`: JSON of `CampaignPolicy` (limit for accepting, days of warning). */
  campaign: { id: string; name: string; area_id: string; state: string; starts_at: number; ends_at: number | null; published_at: number | null; policy: string; version: number; created_at: number };
  campaign_phase: { id: string; campaign_id: string; name: string; ordinal: number; starts_at: number; ends_at: number | null };
  action: { id: string; campaign_id: string; code: string; name: string; placeholder: number; task_force_unit_id: string | null; plan_document: string; plan_file_id: string | null; ordinal: number; valid_from: number; valid_to: number | null };
  /** `duty`: leader | deputy | member. Leaders are posts named by title, never persons. */
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
    /** The end of the last civil day: the first instant that is late. */
    deadline_at: number | null;
    standing: number;
    lead_unit_id: string | null;
    post_title: string;
    note: string;
    state: string;
    /** plan | hand: only what came from a plan can be dropped by a later one. */
    origin: string;
    /** A later plan no longer has it; the next publishing cancels it. */
    dropped: number;
    /** Given to assignments that are not returned or ended; never more than the target. */
    allotted_steps: number;
    /** The version that the last publishing announced. */
    published_version: number | null;
    version: number;
    updated_at: number;
  };
  /**
   * `duty`: responsible | cooperating. With `unit_id` a unit of the register; with `group_kind` a group word, resolved when read inside `group_area_id`;
   * with neither a name that the register does not know, kept as text.
   */
  task_unit: { id: string; task_id: string; duty: string; unit_id: string | null; text: string; group_kind: string | null; group_area_id: string | null; ordinal: number };
  task_attachment: { id: string; task_id: string; file_id: string; name: string; added_at: number };
  /** `rows`: JSON of the sheet's rows as read; `mends`: JSON of what people decided on top of them. */
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
    /** Set when it goes straight to one post. */
    post_id: string | null;
    /** Framed by '/': the first area of the unit (or the post's) when it was assigned; '/' when it has none. */
    area_path: string;
    state: string;
    target_steps: number;
    /** Reported by the assignee, sent-back numbers taken off. */
    reported_steps: number;
    /** Verified by the task force. */
    verified_steps: number;
    deadline_at: number | null;
    note: string;
    /** Why it was last returned or sent back. */
    reason: string;
    assigned_by: string;
    assigned_at: number;
    accept_due_at: number | null;
    accepted_at: number | null;
    submitted_at: number | null;
    submitted_by: string | null;
    verified_at: number | null;
    accept_late: number;
    accept_warned: number;
    warned: number;
    late: number;
    /** How often it was sent back. */
    round: number;
    replaces_id: string | null;
    updated_at: number;
    version: number;
  };
  /** `steps` may be negative: a correction. */
  assignment_report: { id: string; assignment_id: string; steps: number; note: string; post_id: string; account_id: string; round: number; at: number };
  /** The photos that prove a report, in the order given. */
  assignment_report_file: { file_id: string; report_id: string; assignment_id: string; ordinal: number };
}
