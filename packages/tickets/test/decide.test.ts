import type { Actor } from '@baxing/kernel';
import { describe, expect, it } from 'vitest';
import { decide, evidenceFor, moved, phaseOf, type TicketFacts, TICKET_STATES, TICKET_VERBS, ticketNumber, TRANSITIONS } from '../src/index.ts';

const actor = (over: Partial<Actor> = {}): Actor => ({
  accountId: 'acc_a',
  userName: 'a',
  postId: 'pst_a',
  role: 'grid_worker',
  unitId: 'unt_street',
  areaId: null,
  areaPath: [],
  actionCode: null,
  ...over,
});
const facts = (over: Partial<TicketFacts> = {}): TicketFacts => ({ state: 'dispatched', unitId: 'unt_street', workerPostId: 'pst_a', handlers: [], photos: {}, ...over });
const rules = { separation: { grid_worker: 'person', department: 'unit' } as const, reachesBeyondUnit: false };
const worker = { postId: 'pst_w', accountId: 'acc_w', unitId: 'unt_street', role: 'grid_worker' };

describe('the table of transitions', () => {
  it('has one row for each verb and knows every state it names', () => {
    expect(TRANSITIONS.map((row) => row.verb).sort()).toEqual([...TICKET_VERBS].sort());
    for (const row of TRANSITIONS) for (const state of [...row.from, row.to]) expect(TICKET_STATES).toContain(state);
  });

  it('answers every verb in every state: the next state, or WRONG_STATE naming both', () => {
    for (const state of TICKET_STATES)
      for (const verb of TICKET_VERBS) {
        const row = TRANSITIONS.find((candidate) => candidate.verb === verb)!;
        const answer = moved(state, verb);
        if (row.from.includes(state)) expect(answer).toEqual({ ok: true, value: row });
        else expect(answer).toMatchObject({ ok: false, refusal: { code: 'WRONG_STATE', details: { state, verb } } });
      }
  });

  it('reaches a closed end from every state', () => {
    const reaches = (state: string, seen: Set<string>): boolean => phaseOf(state as never) === 'closed' || TRANSITIONS.some((row) => row.from.includes(state as never) && !seen.has(row.to) && reaches(row.to, new Set([...seen, row.to])));
    for (const state of TICKET_STATES) expect(reaches(state, new Set([state]))).toBe(true);
  });
});

describe('who may move it', () => {
  it('lets the worker and the unit desk accept, and no other worker of the unit', () => {
    expect(decide(facts(), 'accept', actor(), rules).ok).toBe(true);
    expect(decide(facts({ workerPostId: 'pst_b' }), 'accept', actor({ role: 'street' }), rules).ok).toBe(true);
    expect(decide(facts({ workerPostId: 'pst_b' }), 'accept', actor(), rules)).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
    expect(decide(facts({ unitId: 'unt_other', workerPostId: 'pst_b' }), 'accept', actor({ role: 'street' }), rules)).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
  });

  it('lets a verifier of the same street check a grid worker, but not the worker himself', () => {
    const submitted = facts({ state: 'submitted', handlers: [worker] });
    expect(decide(submitted, 'verify', actor({ accountId: 'acc_v', postId: 'pst_v', role: 'verifier' }), rules).ok).toBe(true);
    // The same person in another post is still the same person.
    expect(decide(submitted, 'verify', actor({ accountId: 'acc_w', postId: 'pst_v', role: 'verifier' }), rules)).toMatchObject({ refusal: { code: 'SEPARATION', details: { rule: 'person' } } });
  });

  it('keeps a whole department away from checking its own work', () => {
    const submitted = facts({ state: 'submitted', unitId: 'unt_bureau', handlers: [{ ...worker, unitId: 'unt_bureau', role: 'department' }] });
    expect(decide(submitted, 'verify', actor({ accountId: 'acc_v', unitId: 'unt_bureau', role: 'department' }), rules)).toMatchObject({ refusal: { code: 'SEPARATION', details: { rule: 'unit' } } });
    expect(decide(submitted, 'verify', actor({ accountId: 'acc_v', unitId: 'unt_street', role: 'verifier' }), rules).ok).toBe(true);
  });
});

it('asks a submission for a photo before and one after', () => {
  expect(evidenceFor('submit', { before: 1 })).toMatchObject({ refusal: { code: 'EVIDENCE_MISSING', details: { stages: ['after'] } } });
  expect(evidenceFor('submit', { before: 1, after: 2 }).ok).toBe(true);
  expect(evidenceFor('close', {}).ok).toBe(true);
});

it('writes the number people say with the day of the report in China', () => {
  expect(ticketNumber(Date.parse('2023-11-28T23:30:00+08:00'), 42)).toBe('20231128-00000042');
  expect(ticketNumber(Date.parse('2023-11-28T16:30:00Z'), 7)).toBe('20231129-00000007');
});
