import { type LoggedEvent, readLog } from '@baxing/db';
import { inScope, scopeOf } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import type { Actor } from '@baxing/kernel';
import type { Services } from './services.ts';

/** What a listener is told: that something he may see has changed, not what it says; he asks for it as himself. */
export interface Change {
  readonly id: number;
  readonly type: string;
  readonly subject: string;
  readonly subjectId: string;
  readonly at: number;
}

/** Subject of an event → the verb whose sight decides who hears of it. */
const SIGHT: Readonly<Record<string, string>> = {
  ticket: 'tickets.list',
  assignment: 'assignments.list',
  task: 'tasks.list',
  campaign: 'campaigns.get',
  action: 'campaigns.get',
  planImport: 'campaigns.importPreview',
  jurisdiction: 'jurisdictions.list',
  unit: 'units.list',
  calendar: 'calendars.list',
  category: 'categories.list',
  demo: 'auth.me',
};

/** Subjects that belong to the whole city: whoever may list them hears of them. */
const PUBLIC = new Set(['task', 'campaign', 'action', 'jurisdiction', 'unit', 'calendar', 'category', 'demo']);

/** How far back a reconnecting listener is caught up; beyond that he reloads. */
const CATCH_UP_MAX = 2000;
const QUEUE_MAX = 5000;

export function visibleChange(services: Services, actor: Actor, event: LoggedEvent): Change | null {
  const verb = SIGHT[event.subject];
  if (verb === undefined) return null;
  const scope = scopeOf(services.db.caches.get(policyCache).table, actor, verb);
  // A draft of the plan is the business of those who write it.
  if (event.data['phase'] === 'draft' && event.subject === 'task' && scopeOf(services.db.caches.get(policyCache).table, actor, 'tasks.update') === null) return null;
  if (scope === null || !(PUBLIC.has(event.subject) || inScope(scope, actor, event.scope))) return null;
  return { id: event.id, type: event.type, subject: event.subject, subjectId: event.subjectId, at: event.at };
}

/**
 * Changes from `after` on, for as long as `signal` lives and `stillSignedIn` says so.
 * Yields `null` when the listener has fallen too far behind and must reload everything.
 */
export async function* changes(services: Services, actor: Actor, after: number | null, signal: AbortSignal, stillSignedIn: () => Promise<boolean>): AsyncGenerator<Change | null> {
  const queue: LoggedEvent[] = [];
  let overflow = false;
  let wake: () => void = () => {};
  const unsubscribe = services.tail.subscribe((events) => {
    if (queue.length + events.length > QUEUE_MAX) overflow = true;
    else queue.push(...events);
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  const recheck = setInterval(() => {
    stillSignedIn().then(
      (fine) => {
        if (fine) return;
        ended = true;
        wake();
      },
      // The database does not answer just now: the stream stays, the next tick asks again.
      (fault: unknown) => services.fault('', 'live.changes', fault),
    );
  }, 2000);
  let ended = false;
  try {
    const start = services.tail.position();
    let sent = start;
    if (after !== null && after < start) {
      const missed = await readLog(services.db, after, start, CATCH_UP_MAX + 1);
      if (missed.length > CATCH_UP_MAX) yield null;
      else
        for (const event of missed) {
          const change = visibleChange(services, actor, event);
          if (change) yield change;
        }
    }
    while (!signal.aborted && !ended) {
      if (overflow) {
        overflow = false;
        queue.length = 0;
        yield null;
      }
      const event = queue.shift();
      if (!event) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (queue.length > 0 || signal.aborted || ended || overflow) resolve();
        });
        continue;
      }
      if (event.id <= sent) continue;
      sent = event.id;
      const change = visibleChange(services, actor, event);
      if (change) yield change;
    }
  } finally {
    clearInterval(recheck);
    unsubscribe();
    signal.removeEventListener('abort', onAbort);
  }
}
