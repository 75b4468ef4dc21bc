import type { Role } from '@baxing/kernel';
import type { PhotoStage, TicketState, TicketVerb } from '@baxing/tickets';
import { m } from '#lib/paraglide/messages.js';

/** Domain names → words of the catalogue. A name that this build does not know yet is shown as it is. */
const ROLES: Readonly<Record<Role, () => string>> = {
  system_admin: m.domain_role_system_admin,
  security_admin: m.domain_role_security_admin,
  audit_admin: m.domain_role_audit_admin,
  leader: m.domain_role_leader,
  office: m.domain_role_office,
  task_force: m.domain_role_task_force,
  intake: m.domain_role_intake,
  dispatcher: m.domain_role_dispatcher,
  supervisor: m.domain_role_supervisor,
  department: m.domain_role_department,
  district: m.domain_role_district,
  street: m.domain_role_street,
  station: m.domain_role_station,
  officer: m.domain_role_officer,
  brigade: m.domain_role_brigade,
  grid_worker: m.domain_role_grid_worker,
  verifier: m.domain_role_verifier,
};

const TICKET_STATES: Readonly<Record<TicketState, () => string>> = {
  pending_dispatch: m.domain_ticket_pending_dispatch,
  returned: m.domain_ticket_returned,
  dispatched: m.domain_ticket_dispatched,
  handling: m.domain_ticket_handling,
  submitted: m.domain_ticket_submitted,
  verified: m.domain_ticket_verified,
  closed: m.domain_ticket_closed,
};

const TICKET_VERBS: Readonly<Record<TicketVerb, () => string>> = {
  dispatch: m.domain_verb_dispatch,
  assign: m.domain_verb_assign,
  accept: m.domain_verb_accept,
  return: m.domain_verb_return,
  submit: m.domain_verb_submit,
  verify: m.domain_verb_verify,
  rework: m.domain_verb_rework,
  close: m.domain_verb_close,
};

const STAGES: Readonly<Record<PhotoStage, () => string>> = {
  scene: m.domain_stage_scene,
  before: m.domain_stage_before,
  after: m.domain_stage_after,
  near: m.domain_stage_near,
  far: m.domain_stage_far,
};

type Words = Readonly<Record<string, (() => string) | undefined>>;
const wordOf = (words: Words, name: string): string => words[name]?.() ?? name;

export const roleLabel = (role: string): string => wordOf(ROLES, role);
export const ticketStateLabel = (state: string): string => wordOf(TICKET_STATES, state);
export const ticketVerbLabel = (verb: string): string => wordOf(TICKET_VERBS, verb);
export const stageLabel = (stage: string): string => wordOf(STAGES, stage);

export type Tone = 'plain' | 'active' | 'waiting' | 'done' | 'soon' | 'alarm';
const TICKET_TONES: Readonly<Record<TicketState, Tone>> = { pending_dispatch: 'waiting', returned: 'soon', dispatched: 'waiting', handling: 'active', submitted: 'active', verified: 'done', closed: 'done' };
export const ticketStateTone = (state: string): Tone => (TICKET_TONES as Readonly<Record<string, Tone | undefined>>)[state] ?? 'plain';

const LIMITS: Readonly<Record<string, ((input: { value: string }) => string) | undefined>> = {
  urgent_hour: m.domain_limit_urgent_hour,
  urgent_day: m.domain_limit_urgent_day,
  work_minute: m.domain_limit_work_minute,
  work_hour: m.domain_limit_work_hour,
  work_day: m.domain_limit_work_day,
  natural_day: m.domain_limit_natural_day,
};
/** 2 紧急工作时, 1 工作日 … */
export const limitLabel = (value: number, unit: string): string => LIMITS[unit]?.({ value: String(value) }) ?? `${value} ${unit}`;

/** The words of a whole family of names, in order; for choices. */
export const roleOptions = (): { value: string; label: string }[] => Object.entries(ROLES).map(([value, label]) => ({ value, label: label() }));

const UNIT_KINDS: Words = {
  office: m.domain_unit_office,
  task_force: m.domain_unit_task_force,
  department: m.domain_unit_department,
  brigade: m.domain_unit_brigade,
  police_bureau: m.domain_unit_police_bureau,
  station: m.domain_unit_station,
  mass_organisation: m.domain_unit_mass_organisation,
  district_government: m.domain_unit_district_government,
  street_office: m.domain_unit_street_office,
  park: m.domain_unit_park,
  park_section: m.domain_unit_park_section,
  firm: m.domain_unit_firm,
};
export const unitKindLabel = (kind: string): string => wordOf(UNIT_KINDS, kind);
export const unitKindOptions = (): { value: string; label: string }[] => Object.keys(UNIT_KINDS).map((value) => ({ value, label: unitKindLabel(value) }));

const PLACE_KINDS: Words = { city: m.domain_place_city, district: m.domain_place_district, street: m.domain_place_street, community: m.domain_place_community, grid: m.domain_place_grid, zone: m.domain_place_zone };
export const placeKindLabel = (kind: string): string => wordOf(PLACE_KINDS, kind);

const CALENDARS: Words = { national: m.domain_calendar_national, lhasa: m.domain_calendar_lhasa };
export const calendarLabel = (calendar: string): string => wordOf(CALENDARS, calendar);

const CLASSES: Words = { component: m.domain_class_component, event: m.domain_class_event, service: m.domain_class_service };
export const categoryClassLabel = (name: string): string => wordOf(CLASSES, name);
