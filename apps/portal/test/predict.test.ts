import { describe, expect, it } from 'vitest';
import { predict, type TicketView, withEvidence } from '../src/lib/field/predict.ts';
import type { QueuedCommand } from '../src/lib/field/outbox-rules.ts';
import type { Me } from '../src/lib/session.svelte.ts';

const wrongState = { code: 'WRONG_STATE', details: {} } as const;
const forbidden = { code: 'FORBIDDEN', details: {} } as const;

const me = {
  accountId: 'acc_1',
  userName: 'grid',
  post: { postId: 'pst_1', role: 'grid_worker', unitId: 'unt_1', areaId: null, actionCode: null },
  verbs: { 'tickets.accept': 'own', 'tickets.submit': 'own', 'tickets.return': 'own' },
} as unknown as Me;

const view = (state: string, may: Record<string, unknown>): TicketView =>
  ({ ticket: { id: 'tkt_1', state, unit_id: 'unt_1', worker_post_id: 'pst_1', rework_count: 0 }, photos: [], may }) as unknown as TicketView;

const dispatched = view('dispatched', { accept: true, return: true, submit: wrongState, verify: forbidden, rework: forbidden, close: forbidden });
const queued = (verb: QueuedCommand['verb'], over: Partial<QueuedCommand> = {}): QueuedCommand => ({
  seq: 1,
  commandId: 'id',
  accountId: 'acc_1',
  postId: 'pst_1',
  verb,
  subject: 'tkt_1',
  input: {},
  photos: [],
  title: '',
  madeAt: 0,
  attempted: false,
  faults: 0,
  notBefore: 0,
  refusal: null,
  ...over,
});

describe('what may be done before the server has answered', () => {
  it("is the server's word while nothing is queued", () => {
    expect(predict(dispatched, [], me)).toMatchObject({ state: 'dispatched', predicted: false, may: { accept: true, submit: wrongState } });
  });
  it('follows the transition table: accepted on the phone, so it can be submitted', () => {
    const { state, may } = predict(dispatched, [queued('tickets.accept')], me);
    expect(state).toBe('handling');
    expect(may.submit).toBe(true);
    expect(may.accept).toMatchObject({ code: 'WRONG_STATE' });
  });
  it('keeps a refusal that is about the person, not the state', () => {
    expect(predict(dispatched, [queued('tickets.accept'), queued('tickets.submit')], me).may.verify).toEqual(forbidden);
  });
  it('does not let the handler check his own work', () => {
    const both = { ...me, verbs: { ...me.verbs, 'tickets.verify': 'unit' } } as Me;
    const open = view('handling', { accept: wrongState, return: true, submit: true, verify: wrongState, rework: wrongState, close: wrongState });
    expect(predict(open, [queued('tickets.submit')], both).may.verify).toMatchObject({ code: 'SEPARATION' });
  });
  it('offers nothing while a refused command waits for a person', () => {
    expect(predict(dispatched, [queued('tickets.accept', { refusal: { code: 'CONFLICT', details: {}, requestId: '' } })], me)).toMatchObject({ state: 'dispatched', may: {} });
  });
  it('ignores commands of other tickets', () => {
    expect(predict(dispatched, [queued('tickets.accept', { subject: 'tkt_2' })], me).state).toBe('dispatched');
  });
});

describe('evidence', () => {
  const handling = view('handling', { submit: true });
  it('names the photos that a submission lacks', () => {
    expect(withEvidence({ submit: true }, handling, [{ stage: 'before' }]).submit).toMatchObject({ code: 'EVIDENCE_MISSING', details: { stages: ['after'] } });
    expect(withEvidence({ submit: true }, handling, [{ stage: 'before' }, { stage: 'after' }]).submit).toBe(true);
  });
  it('counts an earlier before, but no after of an earlier round', () => {
    const reworked = {
      ...handling,
      ticket: { ...handling.ticket, rework_count: 1 },
      photos: [
        { stage: 'before', round: 0 },
        { stage: 'after', round: 0 },
      ],
    } as unknown as TicketView;
    expect(withEvidence({ submit: true }, reworked, []).submit).toMatchObject({ details: { stages: ['after'] } });
  });
});
