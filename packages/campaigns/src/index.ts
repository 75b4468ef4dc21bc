/**
 * Campaigns: the plan from action to task to assignment, how a plan workbook is read, and where it has gaps.
 * This door is pure and runs in the browser as it stands; `./server` holds commands and queries. Knows tickets only by number.
 */
export * from './decide.ts';
export * from './gaps.ts';
export * from './light.ts';
export * from './plan/index.ts';
export * from './schemas.ts';
export * from './split.ts';
export * from './states.ts';
