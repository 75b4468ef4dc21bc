import type { CommandDefinition } from '@baxing/db';
import { execute } from '@baxing/db';
import { type Actor, commandIdSchema, type RefusalCode, RefusalError, REFUSAL_STATUS, type Result } from '@baxing/kernel';
import { scopeOf } from '@baxing/identity';
import { policyCache, type ResolvedSession } from '@baxing/identity/server';
import { initTRPC, TRPCError } from '@trpc/server';
import { z, ZodError } from 'zod';
import type { Services } from './services.ts';

/** Hop 2: parsing, the coarse policy check, and the one translation of refusals into HTTP. No rule of the product lives here. */

export interface Context {
  readonly services: Services;
  readonly session: ResolvedSession | null;
  readonly requestId: string;
  /** Network address of the caller. */
  readonly address: string;
  /** Sends a Set-Cookie header with the answer. */
  readonly setCookie: (value: string) => void;
}

type TrpcCode = TRPCError['code'];

const CODE_OF_STATUS: Readonly<Record<number, TrpcCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};

export const refusalToError = (error: RefusalError): TRPCError => new TRPCError({ code: CODE_OF_STATUS[REFUSAL_STATUS[error.refusal.code]]!, message: error.refusal.code, cause: error });

export interface ErrorData {
  /** The refusal's code, or `FAULT`. */
  readonly code: RefusalCode | 'FAULT';
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly httpStatus: number;
}

function errorData(error: TRPCError, requestId: string, httpStatus: number): ErrorData {
  const { cause } = error;
  if (cause instanceof RefusalError) return { code: cause.refusal.code, details: cause.refusal.details, requestId, httpStatus };
  if (cause instanceof ZodError) return { code: 'VALIDATION', details: { issues: cause.issues.slice(0, 20).map((issue) => ({ path: issue.path.join('.'), message: issue.message })) }, requestId, httpStatus };
  if (error.code === 'NOT_FOUND') return { code: 'NOT_FOUND', details: {}, requestId, httpStatus };
  if (httpStatus < 500) return { code: error.code === 'PAYLOAD_TOO_LARGE' ? 'LIMIT_EXCEEDED' : error.code === 'UNSUPPORTED_MEDIA_TYPE' ? 'UNSUPPORTED_TYPE' : 'VALIDATION', details: {}, requestId, httpStatus };
  return { code: 'FAULT', details: {}, requestId, httpStatus };
}

const t = initTRPC.context<Context>().create({
  errorFormatter({ shape, error, ctx }) {
    const data = errorData(error, ctx?.requestId ?? '', shape.data.httpStatus);
    // The message of a fault may quote a row or a path: it goes to the log, under the request's id, and not to the reader.
    return { code: shape.code, message: data.code, data };
  },
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
});

export const { router, createCallerFactory } = t;

const observed = t.middleware(async ({ ctx, path, type, next }) => {
  const began = performance.now();
  const result = await next();
  if (type !== 'subscription') {
    const outcome = result.ok ? 'ok' : errorData(result.error, '', result.error.code === 'INTERNAL_SERVER_ERROR' ? 500 : 400).code;
    ctx.services.observe(path, type, outcome, performance.now() - began);
    if (outcome === 'FAULT' && !result.ok) ctx.services.fault(ctx.requestId, path, result.error.cause ?? result.error);
  }
  return result;
});

const refusing = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof RefusalError) throw refusalToError(result.error.cause);
  return result;
});

/** Open to everyone (sign-in). */
export const open = t.procedure.use(observed).use(refusing);

/** Signed in, whatever the post. 401 before any input is read. */
export const signedIn = open.use(({ ctx, next }) => {
  if (!ctx.session) throw refusalToError(new RefusalError('UNAUTHENTICATED'));
  return next({ ctx: { session: ctx.session, actor: ctx.session.actor } });
});

/** PostgreSQL stores no NUL and faults on one in a comparison; whatever a field allows, it is refused here. Not recursive: nesting is the sender's choice. */
function hasNul(input: unknown): boolean {
  const rest = [input];
  while (rest.length > 0) {
    const part = rest.pop();
    if (typeof part === 'string' && part.includes('\0')) return true;
    if (Array.isArray(part)) for (const one of part) rest.push(one);
    else if (typeof part === 'object' && part !== null) for (const [key, value] of Object.entries(part)) rest.push(key, value);
  }
  return false;
}

/** Reads the input, so it stands behind whatever must be refused before. */
export const withoutNul = t.middleware(async ({ getRawInput, next }) => {
  if (hasNul(await getRawInput())) throw refusalToError(new RefusalError('VALIDATION', { rule: 'NUL' }));
  return next();
});

/** Signed in, own password set, and the policy gives this role the verb in some scope; the domain narrows the scope. */
export const permitted = signedIn.use(async ({ ctx, path, getRawInput, next }) => {
  if (ctx.session.mustChangePassword) throw refusalToError(new RefusalError('PASSWORD_CHANGE_REQUIRED'));
  if (scopeOf(ctx.services.db.caches.get(policyCache).table, ctx.actor, path) === null) throw refusalToError(new RefusalError('FORBIDDEN', { verb: path }));
  if (hasNul(await getRawInput())) throw refusalToError(new RefusalError('VALIDATION', { rule: 'NUL' }));
  return next();
});

/** A Result as tRPC wants it. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RefusalError(result.refusal.code, result.refusal.details);
}

export interface WithCommandId<Input> {
  readonly commandId: string;
  readonly body: Input;
}

const envelope = z.object({ commandId: commandIdSchema });

/** `commandId` beside the command's own fields on the wire, apart from them inside. `schema` is that of the fields. */
export function withCommandId<Input, Raw>(
  schema: z.ZodType<Input, Raw>,
): { parse: (value: unknown) => WithCommandId<Input>; schema: z.ZodType<Input, Raw>; _input: Raw & { commandId: string }; _output: WithCommandId<Input> } {
  const parse = (value: unknown): WithCommandId<Input> => {
    const { commandId } = envelope.parse(value);
    const { commandId: _, ...body } = value as Record<string, unknown>;
    return { commandId: commandId.toLowerCase(), body: schema.parse(body) };
  };
  return { parse, schema } as ReturnType<typeof withCommandId<Input, Raw>>;
}

export interface Call {
  readonly services: Services;
  readonly actor: Actor;
  readonly requestId: string;
  readonly address: string;
}

export const commandCall = (ctx: Call, commandId: string) => ({ commandId, actor: ctx.actor, at: ctx.services.now(), requestId: ctx.requestId, origin: ctx.address });

/** A command of a domain package as a procedure of its own name. */
export function mutation<Input, Output, Raw>(definition: CommandDefinition<Input, Output, Raw>) {
  return permitted.input(withCommandId(definition.input)).mutation(async ({ ctx, input }) => unwrap(await execute(ctx.services.db, definition, commandCall(ctx, input.commandId), input.body)));
}

/** A query in this process: indexed reads only. */
export function query<Input, Output, Raw>(schema: z.ZodType<Input, Raw>, run: (call: Call, input: Input) => Promise<Result<Output>> | Result<Output>) {
  return permitted.input(schema).query(async ({ ctx, input }) => unwrap(await run(ctx, input as Input)));
}
