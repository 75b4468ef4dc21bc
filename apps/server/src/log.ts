import { pino } from 'pino';

/** Structured lines on stderr. No request body, no query text, no cookie, no name of a person: ids, routes, codes, times. */
export const createLog = (level: string) => pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['req.headers', 'password', 'cookie'] }, pino.destination(2));

export type Log = ReturnType<typeof createLog>;
