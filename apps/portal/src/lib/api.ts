import type { AppRouter } from '@baxing/api';
import { newCommandId, REFUSAL_STATUS } from '@baxing/kernel';
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, TRPCClientError, type TRPCLink } from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import type { ClientRefusal } from '#lib/refusals.ts';

/**
 * The only door to the server. Types come from the server's router; nothing of its code does.
 * Commands go through `mutate`, which gives them their id; what comes back is a value or an `ApiError` with the refusal.
 */
export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;

const URL_PATH = '/trpc';
/** The server takes 20 calls in one request. */
const BATCH_MAX = 15;

let signedOut: () => void = () => {};
/** Told when any answer says that the session is gone. Set once, by the session. */
export const onSignedOut = (tell: () => void): void => {
  signedOut = tell;
};

const watchSession: TRPCLink<AppRouter> =
  () =>
  ({ next, op }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        error(error) {
          if ((error.data as { code?: unknown } | null | undefined)?.code === 'UNAUTHENTICATED') signedOut();
          observer.error(error);
        },
        complete: () => observer.complete(),
      }),
    );

export const api = createTRPCClient<AppRouter>({
  links: [
    watchSession,
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url: URL_PATH }),
      false: httpBatchLink({ url: URL_PATH, maxItems: BATCH_MAX, maxURLLength: 6000 }),
    }),
  ],
});

export class ApiError extends Error {
  readonly refusal: ClientRefusal;
  constructor(refusal: ClientRefusal) {
    super(refusal.code);
    this.name = 'ApiError';
    this.refusal = refusal;
  }
}

interface ErrorShape {
  readonly code?: unknown;
  readonly details?: unknown;
  readonly requestId?: unknown;
}

const isCode = (code: unknown): code is ClientRefusal['code'] => typeof code === 'string' && (code === 'FAULT' || code in REFUSAL_STATUS);

/** Any thrown thing as a refusal: the server's word, OFFLINE when no answer came, FAULT otherwise. */
export function refusalOf(thrown: unknown): ClientRefusal {
  if (thrown instanceof ApiError) return thrown.refusal;
  if (thrown instanceof TRPCClientError) {
    const data = thrown.data as ErrorShape | null | undefined;
    if (data && isCode(data.code)) {
      const details = typeof data.details === 'object' && data.details !== null ? (data.details as ClientRefusal['details']) : {};
      return { code: data.code, details, requestId: typeof data.requestId === 'string' ? data.requestId : '' };
    }
    // No shape: the request never arrived, or what answered was not the API (a proxy's page, the server going down).
    const response = (thrown.meta as { response?: Response } | undefined)?.response;
    if (response?.status === 403) return { code: 'ORIGIN_REFUSED', details: {}, requestId: '' };
    if (response?.status === 413) return { code: 'LIMIT_EXCEEDED', details: {}, requestId: '' };
    return { code: response && response.status < 500 ? 'FAULT' : 'OFFLINE', details: {}, requestId: response?.headers.get('x-request-id') ?? '' };
  }
  return { code: 'FAULT', details: {}, requestId: '' };
}

type WithoutCommandId<Input> = Input extends unknown ? Omit<Input, 'commandId'> : never;

export const makeCommandId = (): string => newCommandId(Date.now(), (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>));

/**
 * Sends one command. The id is made here once, so that a repeat of the same attempt (`options.commandId`) is answered, not done again.
 * @throws ApiError
 */
export async function mutate<Input extends { commandId: string }, Output>(
  procedure: { mutate: (input: Input, options?: { signal?: AbortSignal }) => Promise<Output> },
  input: WithoutCommandId<Input>,
  options: { commandId?: string } = {},
): Promise<Output> {
  try {
    return await procedure.mutate({ ...input, commandId: options.commandId ?? makeCommandId() } as unknown as Input);
  } catch (thrown) {
    throw new ApiError(refusalOf(thrown));
  }
}
