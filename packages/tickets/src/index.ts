/**
 * Tickets: the life of one piece of work from report to closing, its categories, evidence and rules.
 * This door is pure and runs on the phone as it stands; `./server` holds commands and queries. Knows tasks and assignments only as ids.
 */
export * from './states.ts';
export * from './schemas.ts';
export * from './decide.ts';
export * from './categories.ts';
export * from './files.ts';
