import { randomUUID } from 'node:crypto';
import { procedureInput, procedureNames } from '@baxing/api';
import { policyTable } from '@baxing/identity';
import { DEFAULT_POLICY } from '@baxing/identity/server';
import { describeEachWorld, type World } from '@baxing/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Answer, type Door, openDoor } from './support.ts';

/** Every procedure, called as a role that may call it, with what no form would send. */

const ACCOUNT_OF: Readonly<Record<string, string>> = {
  system_admin: 'admin',
  security_admin: 'security',
  audit_admin: 'audit',
  office: 'office',
  task_force: 'taskforce.sanitation',
  dispatcher: 'dispatch.city',
  street: 'street.zhaxi',
  leader: 'leader',
  verifier: 'verify.zhaxi',
  grid_worker: 'grid.zhaxi.1',
};
const policy = policyTable(DEFAULT_POLICY);

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** JSON texts: some are no JSON that `JSON.stringify` would make. */
const WHOLE: readonly string[] = [
  'null',
  'true',
  '5',
  '-1e308',
  '"text"',
  '"\\u0000"',
  '"\\ud800"',
  '[]',
  '[[]]',
  '{}',
  '{"":""}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  nested(5000),
  `{"a":${nested(5000)}}`,
  `"${'长'.repeat(15_000)}"`,
  '{"broken":',
  '',
];

const NASTY: readonly string[] = [
  'null',
  'true',
  '0',
  '-1',
  '1.5',
  '9007199254740993',
  '1e308',
  '""',
  '"x"',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"%\' or 1=1; drop table ticket; --"',
  '"../../etc/passwd"',
  '"tkt_\\u0000"',
  `"${'字'.repeat(5000)}"`,
  '[]',
  '[null]',
  `[${Array.from({ length: 3000 }, () => '"x"').join(',')}]`,
  '{}',
  '{"toString":1}',
  nested(2000),
];

/** An address line holds 16 kB. */
function forAddress(input: string): string {
  let text = input;
  while (encodeURIComponent(text).length > 12_000) text = text.slice(0, text.length / 2);
  return text;
}

/** A value that the field would take, so that the bad one beside it is reached. Names nothing that exists, and no place in the city. */
function plain(schema: { type?: unknown; enum?: unknown[]; anyOf?: object[]; items?: object; properties?: Record<string, object>; minimum?: number; required?: string[] }, name: string): unknown {
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return plain(schema.anyOf[0]!, name);
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1);
  if (schema.type === 'boolean') return false;
  if (schema.type === 'array') return schema.items ? [plain(schema.items, name.replace(/s$/, 'Id'))] : [];
  if (schema.type === 'object') return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, part]) => [key, plain(part, key)]));
  if (schema.type === 'string') return name === 'reason' ? '没有理由' : 'nothing-there';
  return `${PREFIX[name] ?? 'jur'}_nothing`;
}

const PREFIX: Readonly<Record<string, string>> = {
  ticketId: 'tkt',
  categoryId: 'cat',
  filingStandardId: 'std',
  assignmentId: 'asg',
  fileId: 'fil',
  workerPostId: 'pst',
  postId: 'pst',
  unitId: 'unt',
  leadUnitId: 'unt',
  taskId: 'tsk',
  campaignId: 'cmp',
  actionId: 'act',
  importId: 'imp',
  accountId: 'acc',
};

/** A few per field, another few for each field. */
function* inputsFor(name: string): Generator<string> {
  yield* WHOLE;
  const input = procedureInput(name);
  if (!input) return;
  const shape = z.toJSONSchema(input.schema, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, object> };
  const fields = Object.entries(shape.properties ?? {});
  const base = Object.fromEntries(fields.map(([key, schema]) => [key, plain(schema, key)]));
  const withField = (key: string, text: string): string => {
    const rest = Object.entries({ ...(input.commandId ? { commandId: randomUUID() } : {}), ...base }).filter(([other]) => other !== key);
    return `{${[...rest.map(([other, value]) => `${JSON.stringify(other)}:${JSON.stringify(value)}`), ...(text === 'ABSENT' ? [] : [`${JSON.stringify(key)}:${text}`])].join(',')}}`;
  };
  let turn = 0;
  for (const [key] of [...fields, ...(input.commandId ? [['commandId'] as const] : [])]) {
    yield withField(key, 'ABSENT');
    for (let i = 0; i < 4; i += 1, turn += 1) yield withField(key, NASTY[turn % NASTY.length]!);
    // Optional fields alone: for queries everything else may be left out.
    if (!input.commandId) for (const text of ['"a\\u0000b"', '"\\ud800"', '[]']) yield `{${JSON.stringify(key)}:${text}}`;
  }
}

describeEachWorld('bad input', (open) => {
  let world: World;
  let door: Door;
  const cookies = new Map<string, string>();
  beforeAll(async () => {
    world = await open();
    door = await openDoor(world);
  });
  afterAll(() => door.close());

  const cookieOf = async (account: string): Promise<string> => {
    const known = cookies.get(account) ?? (await door.signIn(account));
    cookies.set(account, known);
    return known;
  };

  /** Tables that no refused call may touch. */
  const state = async (): Promise<object> => {
    const count = async (
      table:
        | 'ticket'
        | 'ticket_photo'
        | 'ticket_handler'
        | 'account'
        | 'post'
        | 'unit'
        | 'unit_area'
        | 'jurisdiction'
        | 'campaign'
        | 'task'
        | 'assignment'
        | 'plan_import'
        | 'file'
        | 'clock'
        | 'timer'
        | 'job'
        | 'outbox'
        | 'policy',
    ) =>
      [
        table,
        Number(
          (
            await world.db.read
              .selectFrom(table)
              .select((eb) => eb.fn.countAll<number>().as('n'))
              .executeTakeFirstOrThrow()
          ).n,
        ),
      ] as const;
    return Object.fromEntries(
      await Promise.all(
        (
          [
            'ticket',
            'ticket_photo',
            'ticket_handler',
            'account',
            'post',
            'unit',
            'unit_area',
            'jurisdiction',
            'campaign',
            'task',
            'assignment',
            'plan_import',
            'file',
            'clock',
            'timer',
            'job',
            'outbox',
            'policy',
          ] as const
        ).map(count),
      ),
    );
  };

  const procedures = procedureNames().filter(({ name, kind }) => kind !== 'subscription' && name !== 'auth.signOut');
  const groups = [...new Set(procedures.map(({ name }) => name.split('.')[0]!))];

  it.each(groups)(
    '%s.*: no fault, and nothing changes unless the answer says so',
    async (group) => {
      for (const { name, kind } of procedures.filter((one) => one.name.startsWith(`${group}.`))) {
        const role = Object.keys(ACCOUNT_OF).find((one) => policy.has(`${one} ${name}`));
        expect(role, `${name}: nobody of the cast may call it`).toBeDefined();
        const cookie = await cookieOf(ACCOUNT_OF[role!]!);
        const before = await state();
        const newest =
          (
            await world.db.read
              .selectFrom('event')
              .select((eb) => eb.fn.max('id').as('id'))
              .executeTakeFirst()
          )?.id ?? 0;
        const accepted = new Set<string>();
        const answers = new Map<number, number>();
        const send = async (input: string): Promise<void> => {
          const answer: Answer = await door.call(`/trpc/${name}`, { method: kind === 'mutation' ? 'POST' : 'GET', cookie, input: kind === 'mutation' ? input : forAddress(input) });
          answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
          expect(answer.status, `${name} ${input.slice(0, 300)}\n${answer.text.slice(0, 300)}`).toBeLessThan(500);
          if (answer.status >= 400)
            expect(answer.error, `${name} ${input.slice(0, 200)}`).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) as string, requestId: expect.any(String) as string });
          else accepted.add(answer.headers.get('x-request-id')!);
        };
        const inputs = [...inputsFor(name)];
        for (let i = 0; i < inputs.length; i += 16) await Promise.all(inputs.slice(i, i + 16).map(send));
        expect(
          [...answers.keys()].some((status) => status >= 400),
          `${name} refuses something`,
        ).toBe(procedureInput(name) !== null);
        const fresh = await world.db.read.selectFrom('event').select(['type', 'request_id']).where('id', '>', newest).execute();
        expect(fresh.filter(({ type, request_id }) => !accepted.has(request_id) && type !== 'auth.signInFailed')).toEqual([]);
        if (fresh.length === 0) expect(await state(), name).toEqual(before);
      }
    },
    60_000,
  );

  it('the live stream refuses a position that is none', async () => {
    const cookie = await cookieOf('street.zhaxi');
    for (const input of ['5', '{"lastEventId":5}', '{"lastEventId":"-1"}', '{"lastEventId":"1e9"}', '{"lastEventId":"\\u0000"}']) {
      const { text } = await door.call('/trpc/live.changes', { cookie, input, headers: { accept: 'text/event-stream' } });
      expect(text, input).toContain('event: serialized-error');
      expect(text, input).toContain('"VALIDATION"');
    }
  });

  it('the files door takes no rubbish either', async () => {
    const cookie = await cookieOf('grid.zhaxi.1');
    const before = await state();
    for (const [path, method] of [
      ['/files', 'POST'],
      ['/files/have?sha256=%00', 'GET'],
      ['/files/have?sha256=xyz', 'GET'],
      ['/files/%00', 'GET'],
      ['/files/..%2f..%2fetc%2fpasswd', 'GET'],
      ['/files/fil_%00/thumb', 'GET'],
      ['/files/%E0%A4%A', 'GET'],
    ] as const) {
      const answer = await door.call(path, { method, cookie, input: 'x' });
      expect(answer.status, `${path} ${answer.text}`).toBeLessThan(500);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=x', 'application/json']) {
      const answer = await door.call('/files', { method: 'POST', cookie, input: '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc', headers: { 'content-type': type } });
      expect([400, 415, 422], `${type} ${answer.text}`).toContain(answer.status);
    }
    expect(await state()).toEqual(before);
  });
});
