/**
 * Storage and the one write path. Owns both dialects, the migration list, `execute` (a command in its transaction), events and their seals,
 * receipts, outbox, timers, jobs and counters. Knows no noun of the product beyond the table types.
 * The hard parts: group commit (writer.ts) and following the log without gaps on PostgreSQL (watermark.ts).
 */
export { type Anchor, type AuditFinding, type AuditReport, sealBatch, verifyAudit } from './audit.ts';
export { backupSqlite } from './backup.ts';
export { type CacheDefinition, Caches, defineCache } from './caches.ts';
export { type CommandCall, type CommandContext, type CommandDefinition, defineCommand, type EventScope, execute, type NewEvent, type Projection, type TimerRow } from './command.ts';
export { type CounterChange, type CounterRow, foldCounters, readCounters } from './counters.ts';
export { type Database, type DatabaseTarget, openDatabase, type OpenOptions, SecondWriterError } from './database.ts';
export { cachedStatements, type DialectName, openPostgresPool, openSqlite, type Reader, type Tx } from './dialect.ts';
export { followLog, type LoggedEvent, type LogTail, readLog } from './log.ts';
export { type Schema, TABLE_OWNERS } from './schema/index.ts';
export { type HeavyModule, type HeavyQuery, openReaderPool, type ReaderPool } from './reader-pool.ts';
export { readEpochs, readSetting, writeSetting } from './settings.ts';
export { createWorker, type JobHandler, type JobStep, type OutboxHandler, startJob, type TimerHandler, type Worker, type WorkerHandlers } from './worker.ts';
export { type Watermark, watermarkOf } from './watermark.ts';
export { WriterClosedError } from './writer.ts';
