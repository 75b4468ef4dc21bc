import { version } from '$app/env';
import { self } from '$app/service-worker';

/**
 * Lets /field open without network after one visit: its pages' shells, scripts and styles, fetched together when a version is installed.
 * Never touches the API, files, or the desk. What is read and what is to be sent live in IndexedDB, not here.
 */
const PREFIX = 'field ';
const CACHE = `${PREFIX}${version}`;
/** One shell per depth of path (they name their scripts relative to themselves), and every page whose scripts are wanted. */
const SHELL_OF_DEPTH: Readonly<Record<number, string>> = { 2: '/field', 3: '/field/report', 4: '/field/tickets/_' };
const PAGES = [...Object.values(SHELL_OF_DEPTH), '/', '/field/outbox', '/field/me'];
const EXTRAS = ['/favicon.svg', '/field.webmanifest'];
const IMMUTABLE = '/_app/immutable/';
/** Names every page of the product; only the root layout and the error page of them are for the phone. */
const APP_ENTRY = /\/entry\/app\.[^/]*\.js$/;
const ROOT_NODES = /\/nodes\/[01]\.[^/]*\.js$/;
/** Script and style addresses in a shell, and imports (those that load later, too) in a built script. */
const IN_SHELL = /["'`]([^"'`\s]*\/_app\/immutable\/[^"'`\s]+\.(?:js|css))["'`]/g;
const IN_SCRIPT = /["'`](\.{1,2}\/[\w./-]+\.(?:js|css))["'`]/g;
const SHELL_WAIT_MS = 4_000;
/** The version before this one stays for pages that are still open. */
const VERSIONS_KEPT = 2;

const addressesIn = (text: string, pattern: RegExp, base: string): string[] => [...text.matchAll(pattern)].map((match) => new URL(match[1] ?? '', base).href);

async function fetchInto(cache: Cache, address: string, fresh: boolean): Promise<Response> {
  const known = fresh ? undefined : await caches.match(address);
  const response = known ?? (await fetch(address, { credentials: 'same-origin', ...(fresh ? { cache: 'no-store' as const } : {}) }));
  if (!response.ok || response.redirected) throw new Error(`${address}: ${response.status}`);
  await cache.put(address, response.clone());
  return response;
}

async function precache(): Promise<void> {
  const cache = await caches.open(CACHE);
  const wanted: string[] = [];
  for (const page of PAGES) {
    const shell = await fetchInto(cache, new URL(page, self.location.origin).href, true);
    wanted.push(...addressesIn(await shell.text(), IN_SHELL, new URL(page, self.location.origin).href));
  }
  for (const extra of EXTRAS) await fetchInto(cache, new URL(extra, self.location.origin).href, true);
  const seen = new Set<string>();
  while (wanted.length > 0) {
    const batch = wanted.splice(0).filter((address) => !seen.has(address) && new URL(address).pathname.startsWith(IMMUTABLE));
    for (const address of batch) seen.add(address);
    const texts = await Promise.all([...new Set(batch)].map(async (address) => ({ address, text: await (await fetchInto(cache, address, false)).text() })));
    for (const { address, text } of texts) {
      if (!address.endsWith('.js')) continue;
      const found = addressesIn(text, IN_SCRIPT, address);
      wanted.push(...(APP_ENTRY.test(address) ? found.filter((one) => ROOT_NODES.test(one)) : found));
    }
  }
}

async function dropOldVersions(): Promise<void> {
  const own = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  for (const name of own.slice(0, Math.max(0, own.length - (VERSIONS_KEPT - 1)))) await caches.delete(name);
}

async function shellFor(request: Request, pathname: string): Promise<Response> {
  const name = SHELL_OF_DEPTH[Math.max(2, pathname.split('/').filter(Boolean).length + 1)];
  const kept = async (): Promise<Response | undefined> => (name === undefined ? undefined : ((await (await caches.open(CACHE)).match(name)) ?? (await caches.match(name))));
  const network = fetch(request);
  const slow = new Promise<null>((resolve) => setTimeout(resolve, SHELL_WAIT_MS, null));
  try {
    const response = await Promise.race([network, slow]);
    if (response && response.status < 500) return response;
  } catch {
    // No network: the kept shell.
  }
  return (await kept()) ?? network;
}

self.addEventListener('install', (event) => event.waitUntil(precache().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(dropOldVersions().then(() => self.clients.claim())));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith(IMMUTABLE) || EXTRAS.includes(pathname)) event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  else if (request.mode === 'navigate' && (pathname === '/' || pathname === '/field' || pathname.startsWith('/field/'))) event.respondWith(shellFor(request, pathname));
});
