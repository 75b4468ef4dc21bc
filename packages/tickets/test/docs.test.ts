import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { phaseOf, TICKET_STATES, TRANSITIONS } from '../src/index.ts';

const FILE = new URL('../../../docs/tickets.md', import.meta.url);
const [OPEN, CLOSE] = ['<!-- generated -->', '<!-- /generated -->'];

function describeStates(): string {
  const verbs = TRANSITIONS.map(({ verb, from, to, by, event }) => `| ${verb} | ${from.join(', ')} | ${to} | ${by} | ticket.${event} |`);
  const states = TICKET_STATES.map(
    (state) =>
      `| ${state} | ${phaseOf(state)} | ${
        TRANSITIONS.filter(({ from }) => from.includes(state))
          .map(({ verb }) => verb)
          .join(', ') || '–'
      } |`,
  );
  const arrows = TRANSITIONS.flatMap(({ verb, from, to }) => from.map((state) => `  ${state} --> ${to}: ${verb}`));
  const ends = TICKET_STATES.filter((state) => !TRANSITIONS.some(({ from }) => from.includes(state))).map((state) => `  ${state} --> [*]`);
  return [
    '| verb | from | to | by | event |',
    '|---|---|---|---|---|',
    ...verbs,
    '',
    '| state | phase | verbs |',
    '|---|---|---|',
    ...states,
    '',
    '```mermaid',
    'stateDiagram-v2',
    `  [*] --> ${TICKET_STATES[0]}: report`,
    ...arrows,
    ...ends,
    '```',
  ].join('\n');
}

it('docs/tickets.md shows the table of transitions as it is (UPDATE=1 writes it)', () => {
  const text = readFileSync(FILE, 'utf8');
  const wanted = `${text.slice(0, text.indexOf(OPEN) + OPEN.length)}\n${describeStates()}\n${text.slice(text.indexOf(CLOSE))}`;
  if (process.env['UPDATE'] === '1') writeFileSync(FILE, wanted);
  expect(readFileSync(FILE, 'utf8')).toBe(wanted);
});
