export { type DeadlineCell, endOfDay, parseDeadline } from './deadlines.ts';
export { type ExaminedPlan, examinePlan, FINDINGS_MAX, type Finding, type FindingCode, type FindingColumn, type PlanContext, type PlannedTask, type PlannedUnit, type Proposal, NAMES_MAX } from './examine.ts';
export { GROUP_WORDS, type GroupKind, groupOf } from './groups.ts';
export { keyOfName, nameSimilarity, PROPOSAL_MIN, suffixKind } from './names.ts';
export { makeRegister, type PlanRegister, type RegisterUnit } from './register.ts';
export { parseQuantity } from './quantities.ts';
export { type PlanCell, PLAN_COLUMNS, type PlanColumn, type PlanRow, planCellSchema, planRowSchema, planRowsSchema, readPlanTable, type SheetContent, splitUnits } from './rows.ts';
export { addMend, addMends, type StoredMend } from './mends.ts';
