/**
 * What tests share: a PostgreSQL server of their own, each test on both databases, a clock that is told the time.
 * Imported by tests, benchmarks and crash runs only.
 */
export { TEST_START, type TestClock, testClock } from './clock.ts';
export { describeEachDialect, type Open, testDialects } from './dialects.ts';
export { createDatabase, dropDatabase, type PostgresOptions, type PostgresServer, startPostgres } from './postgres.ts';
export { scratchFolder } from './scratch.ts';
export { type Caller, cityStore, commandId, describeEachWorld, refusalOf, type World, WORLD_PASSWORD } from './world.ts';
