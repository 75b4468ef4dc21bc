import type { Role } from '@baxing/kernel';

/** What a role is called for people; the portal's catalogue holds the same texts under `roleLabelKey`. */
export const ROLE_LABELS: Readonly<Record<Role, string>> = {
  system_admin: '系统管理员',
  security_admin: '安全管理员',
  audit_admin: '审计管理员',
  leader: '领导',
  office: '市领导小组办公室',
  task_force: '行动专班',
  intake: '受理员',
  dispatcher: '派遣员',
  supervisor: '督查员',
  department: '职能部门',
  district: '县区政府',
  street: '街道办事处',
  station: '派出所',
  officer: '民警',
  brigade: '交警大队',
  grid_worker: '网格员',
  verifier: '核查员',
};

export const roleLabelKey = (role: Role): `role_${Role}` => `role_${role}`;

/** The three that run the product (GB/T 22239-2019): kept apart from each other and from all business. */
export const ADMINISTRATORS: readonly Role[] = ['system_admin', 'security_admin', 'audit_admin'];

/** Accounts that the system administrator may neither make nor touch, or the three would be one. */
export const PROTECTED_ROLES: readonly Role[] = ['security_admin', 'audit_admin'];
