import type { Role } from '@baxing/kernel';
import { m } from '#lib/paraglide/messages.js';
import { paths } from '#lib/paths.ts';

export interface NavItem {
  readonly label: string;
  readonly href: string;
  /** Drawn when the post may call this procedure. */
  readonly verb: string;
}
export interface NavGroup {
  readonly label: string;
  readonly items: readonly NavItem[];
}

const bare = (href: string): string => href.split('?')[0] ?? href;
const item = (label: string, href: string, verb: string): NavItem => ({ label, href: bare(href), verb });

export const deskNav = (): NavGroup[] => [
  {
    label: m.shell_nav_group_campaign(),
    items: [
      item(m.shell_nav_tasks(), paths.desk.tasks(), 'tasks.list'),
      item(m.shell_nav_import(), paths.desk.import, 'campaigns.importPreview'),
      item(m.shell_nav_coverage(), paths.desk.coverage, 'campaigns.coverage'),
      item(m.shell_nav_assignments(), paths.desk.assignments(), 'assignments.list'),
      item(m.shell_nav_progress(), paths.desk.progress(), 'campaigns.progress'),
    ],
  },
  { label: m.shell_nav_group_tickets(), items: [item(m.shell_nav_tickets(), paths.desk.tickets(), 'tickets.list'), item(m.shell_nav_map(), paths.desk.map(), 'jurisdictions.shapes')] },
];

export const adminNav = (): NavGroup[] => [
  {
    label: m.shell_nav_group_admin(),
    items: [
      item(m.shell_nav_units(), paths.admin.units, 'units.list'),
      item(m.shell_nav_posts(), paths.admin.posts, 'posts.list'),
      item(m.shell_nav_accounts(), paths.admin.accounts, 'accounts.list'),
      item(m.shell_nav_calendars(), paths.admin.calendars, 'calendars.list'),
      item(m.shell_nav_categories(), paths.admin.categories, 'categories.list'),
      item(m.shell_nav_audit(), paths.admin.audit(), 'audit.list'),
    ],
  },
];

/** Those who work in the street have the phone's pages and no desk. */
const STREET_ROLES: readonly Role[] = ['grid_worker', 'officer'];

/** The parts of the portal that a post may open. */
export function places(role: Role, may: (verb: string) => boolean): { label: string; href: string }[] {
  const found = [];
  const desk = !STREET_ROLES.includes(role);
  if (desk && (may('tasks.list') || may('tickets.list'))) found.push({ label: m.shell_nav_desk(), href: paths.desk.home });
  if (may('tickets.report')) found.push({ label: m.shell_nav_field(), href: paths.field.home });
  if (desk && may('campaigns.progress')) found.push({ label: m.shell_nav_board(), href: paths.board });
  if (may('accounts.list') || may('audit.list') || may('policy.list')) found.push({ label: m.shell_nav_admin(), href: paths.admin.home });
  return found;
}
