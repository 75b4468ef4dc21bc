import { type DestinationStream, pino } from 'pino';

/** Structured lines on stderr. No request body, no query text, no cookie, no name of a person: ids, routes, codes, times. */
export const createLog = (level: string, to: DestinationStream = pino.destination(2)) =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['req.headers', 'password', 'cookie'] }, to);

export type Log = ReturnType<typeof createLog>;
