/**
 * Who may do what, as pure functions: scopes, the policy table, password rules, the Origin check, input shapes.
 * Owns accounts, posts, sessions and policy (their writing is behind `./server`); knows no verb by name, those come from the policy's data.
 */
export { originAllowed, type RequestOrigin } from './origin.ts';
export { PASSWORD_MAX, PASSWORD_MIN, passwordProblems, type PasswordProblem } from './passwords.ts';
export { authorisationMatrix, inScope, parsePolicy, type PolicyRow, type PolicyTable, policyTable, type ProcedureName, proceduresWithoutPolicy, type Scope, SCOPES, scopeOf, type SubjectScope } from './policy.ts';
export { ADMINISTRATORS, PROTECTED_ROLES, ROLE_LABELS, roleLabelKey } from './roles.ts';
export {
  accountInput,
  changePasswordInput,
  createAccountInput,
  type CreateAccountInput,
  listAccountsInput,
  type ListAccountsInput,
  listPostsInput,
  type ListPostsInput,
  postInput,
  type PostInput,
  resetPasswordInput,
  type ResetPasswordInput,
  setPostsInput,
  type SetPostsInput,
  signInInput,
  switchPostInput,
  userNameSchema,
} from './schemas.ts';
export { type PolicySettings, policySettingsSchema, type Separation } from './settings.ts';
