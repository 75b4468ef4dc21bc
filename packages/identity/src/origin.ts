/** What the Origin check reads of a request. */
export interface RequestOrigin {
  readonly method: string;
  readonly origin: string | null | undefined;
  readonly secFetchSite: string | null | undefined;
  /** `Host` header: name and port. */
  readonly host: string | null | undefined;
  /** `http` or `https` as the browser sees it (behind a proxy: X-Forwarded-Proto). */
  readonly protocol: string;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A change is taken only from our own pages, or from a program that is no browser: those send neither Origin nor Sec-Fetch-Site. */
export function originAllowed({ method, origin, secFetchSite, host, protocol }: RequestOrigin): boolean {
  if (READING.has(method.toUpperCase())) return true;
  if (!origin) return !secFetchSite || secFetchSite === 'same-origin';
  if (!host) return false;
  try {
    return new URL(origin).origin === new URL(`${protocol.replace(/:$/, '')}://${host}`).origin && origin !== 'null';
  } catch {
    return false;
  }
}
