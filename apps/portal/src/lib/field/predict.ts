import type { Actor, Refusal } from '@baxing/kernel';
import { decide, evidenceFor, type TicketState, type TicketVerb, transitionOf } from '@baxing/tickets';
import type { Outputs } from '#lib/api.ts';
import type { Me } from '#lib/session.svelte.ts';
import type { OutboxVerb, QueuedCommand } from './outbox-rules.ts';

/** What may be done with a ticket when commands of the phone's own are still under way: the product's own rules on the state that they lead to. */

export const FIELD_VERBS = ['accept', 'submit', 'return', 'verify', 'rework', 'close'] as const satisfies readonly TicketVerb[];
export type FieldVerb = (typeof FIELD_VERBS)[number];

export type TicketView = Outputs['tickets']['get'];
export type FieldMay = Partial<Record<FieldVerb, true | Refusal>>;

const verbOf = (verb: OutboxVerb): TicketVerb | null => (verb === 'tickets.report' ? null : (verb.slice('tickets.'.length) as TicketVerb));

const actorOf = ({ accountId, userName, post }: Me): Actor =>
  ({ accountId, userName, postId: post.postId, role: post.role, unitId: post.unitId, areaId: post.areaId, areaPath: [], actionCode: post.actionCode }) as Actor;

export interface Prediction {
  readonly state: TicketState;
  readonly may: FieldMay;
  /** The state is what the queue leads to, not what the server said. */
  readonly predicted: boolean;
}

export function predict({ ticket, may }: TicketView, queued: readonly QueuedCommand[], me: Me): Prediction {
  const own = Object.fromEntries(FIELD_VERBS.map((verb) => [verb, may[verb]])) as FieldMay;
  const waiting = queued.filter((command) => command.subject === ticket.id);
  // A refused command waits for a person, and with it everything after it.
  if (waiting.some((command) => command.refusal !== null)) return { state: ticket.state, may: {}, predicted: false };
  const last = waiting.map((command) => verbOf(command.verb)).findLast((verb) => verb !== null);
  if (last === undefined || last === null) return { state: ticket.state, may: own, predicted: false };
  const { to: state } = transitionOf(last);
  const actor = actorOf(me);
  // The server alone knows every handler; on this phone there is its user, if he has laid hands on it.
  const handled = ticket.worker_post_id === actor.postId || waiting.some((command) => command.verb === 'tickets.submit');
  const handlers = handled ? [{ postId: actor.postId, accountId: actor.accountId, unitId: actor.unitId, role: actor.role }] : [];
  const judged = FIELD_VERBS.map((verb) => {
    const said = may[verb];
    if (said !== true && said.code !== 'WRONG_STATE') return [verb, said] as const;
    if (me.verbs[`tickets.${verb}`] === undefined) return [verb, { code: 'FORBIDDEN', details: { verb: `tickets.${verb}` } } satisfies Refusal] as const;
    const decision = decide({ state, unitId: ticket.unit_id, workerPostId: ticket.worker_post_id, handlers, photos: {} }, verb, actor, { separation: {}, reachesBeyondUnit: false });
    return [verb, decision.ok ? true : decision.refusal] as const;
  });
  return { state, may: Object.fromEntries(judged) as FieldMay, predicted: true };
}

/** The server's answer, narrowed by what a submission still lacks: photos on the ticket in this round and in the draft. */
export function withEvidence(may: FieldMay, { ticket, photos }: TicketView, draft: readonly { readonly stage: string }[]): FieldMay {
  if (may.submit !== true) return may;
  const has = (stage: 'before' | 'after'): number =>
    draft.filter((photo) => photo.stage === stage).length + photos.filter((photo) => photo.stage === stage && (stage !== 'after' || photo.round === ticket.rework_count)).length;
  const evidence = evidenceFor('submit', { before: has('before'), after: has('after') });
  return evidence.ok ? may : { ...may, submit: evidence.refusal };
}
