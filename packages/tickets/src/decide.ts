import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import type { PhotoStage } from './schemas.ts';
import { moved, type TicketState, type TicketVerb, type Transition } from './states.ts';

/** What the rules read of a ticket: the same on the server, in a list row and on the phone. */
export interface TicketFacts {
  readonly state: TicketState;
  readonly unitId: string | null;
  readonly workerPostId: string | null;
  readonly handlers: readonly { readonly postId: string; readonly accountId: string; readonly unitId: string; readonly role: string }[];
  /** How many photos of each stage the ticket carries in the present round of handling. */
  readonly photos: Partial<Readonly<Record<PhotoStage, number>>>;
}

/** Role of a handler → who may not verify his work: the same person (also when the role is not named), or anyone of the same unit. */
export type SeparationPolicy = Readonly<Record<string, 'person' | 'unit'>>;

export interface Rules {
  readonly separation: SeparationPolicy;
  /** The policy's scope for this verb reaches beyond the actor's own unit and posts (all, area, action). */
  readonly reachesBeyondUnit: boolean;
}

/**
 * May this actor move this ticket by this verb now?
 * @refuses WRONG_STATE, FORBIDDEN {party}, SEPARATION {rule}
 */
export function decide(ticket: TicketFacts, verb: TicketVerb, actor: Actor, rules: Rules): Result<Transition> {
  const row = moved(ticket.state, verb);
  if (!row.ok) return row;
  const refused = wrongParty(ticket, row.value, actor, rules);
  return refused ?? row;
}

function wrongParty(ticket: TicketFacts, row: Transition, actor: Actor, rules: Rules): { ok: false; refusal: { code: 'FORBIDDEN' | 'SEPARATION'; details: Readonly<Record<string, unknown>> } } | null {
  const isWorker = ticket.workerPostId === actor.postId;
  const isUnitDesk = ticket.unitId === actor.unitId && actor.role !== 'grid_worker' && actor.role !== 'officer' && actor.role !== 'verifier';
  if (row.by === 'handler' && !isWorker && !isUnitDesk) return forbidden('handler');
  if (row.by === 'unit' && !isUnitDesk && !rules.reachesBeyondUnit) return forbidden('unit');
  if (row.by === 'checker') {
    for (const handler of ticket.handlers) {
      const rule = rules.separation[handler.role] ?? 'person';
      if (handler.accountId === actor.accountId) return separation('person');
      if (rule === 'unit' && handler.unitId === actor.unitId) return separation('unit');
    }
  }
  return null;
}

const forbidden = (party: string) => refuse('FORBIDDEN', { party }) as { ok: false; refusal: { code: 'FORBIDDEN'; details: { party: string } } };
const separation = (rule: string) => refuse('SEPARATION', { rule }) as { ok: false; refusal: { code: 'SEPARATION'; details: { rule: string } } };

/**
 * Work is submitted with at least one photo before and one after.
 * @refuses EVIDENCE_MISSING {stages}
 */
export function evidenceFor(verb: TicketVerb, photos: TicketFacts['photos']): Result<null> {
  const needed: readonly PhotoStage[] = verb === 'submit' ? ['before', 'after'] : [];
  const stages = needed.filter((stage) => (photos[stage] ?? 0) === 0);
  return stages.length === 0 ? ok(null) : refuse('EVIDENCE_MISSING', { stages });
}

/** The number people write down: day of the report in China and the running number, `20231128-00000042`. */
export function ticketNumber(reportedAt: number, row: number): string {
  const day = new Date(reportedAt + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
  return `${day}-${String(row).padStart(8, '0')}`;
}
