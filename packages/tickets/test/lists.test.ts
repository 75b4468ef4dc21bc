import { type Database, type Schema } from '@baxing/db';
import { inScope, type Scope } from '@baxing/identity';
import { policyCache } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import type { Actor } from '@baxing/kernel';
import { type Caller, describeEachWorld, refusalOf, type World } from '@baxing/testing';
import fc from 'fast-check';
import { CompiledQuery, type Insertable, type Kysely, type KyselyPlugin } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ListInput, listSchema, type TicketFilter, TICKET_SORTS, TICKET_STATES, type TicketState } from '../src/index.ts';
import { listTickets } from '../src/server/index.ts';
import { indexText, searchable } from '../src/server/search-text.ts';

type Row = Insertable<Schema['ticket']> & { row: number; state: TicketState };

const USERS = [
  'dispatch.city',
  'leader',
  'taskforce.sanitation',
  'district.chengguan',
  'street.zhaxi',
  'street.jinzhuxi',
  'station.zhaxi',
  'grid.zhaxi.1',
  'officer.zhaxi.1',
  'verify.zhaxi',
  'audit',
] as const;
const TEXTS = ['巷口积存垃圾', '垃圾🔥成堆', '占道经营 Cafe ÉCOLE', 'ABC-12号 店外 a_b 100%', 'བཀྲ་ཤིས་བདེ་ལེགས།', '井盖 缺失', '', '𠮷祥𬭊 路'];
const SIZE = 260;

/** The same sequence every time. */
function chance(seed: number): <T>(from: readonly T[]) => T {
  let state = seed;
  return (from) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)]!;
  };
}

describeEachWorld('lists of tickets', (open, dialect) => {
  let world: World;
  let rows: Row[];
  const actors = new Map<string, Actor>();
  const callers = new Map<string, Caller>();
  let made = 0;

  async function insert(count: number, pick: ReturnType<typeof chance>): Promise<Row[]> {
    const places = world.db.caches.get(placeCache);
    const at = world.clock.now();
    const grids = places.jurisdictions(at).filter(({ kind }) => kind === 'grid');
    const near = grids.filter(({ path }) => ['street.zhaxi', 'street.jinzhuxi'].some((name) => path.includes(`/${actors.get(name)!.areaId}/`)));
    const units = [null, ...['street.zhaxi', 'street.jinzhuxi', 'station.zhaxi', 'district.chengguan'].map((name) => actors.get(name)!.unitId)];
    const workers = ['grid.zhaxi.1', 'grid.zhaxi.2', 'officer.zhaxi.1'].map((name) => actors.get(name)!);
    const reporters = [...actors.values()];
    const values: Insertable<Schema['ticket']>[] = [];
    for (let i = 0; i < count; i += 1) {
      made += 1;
      const grid = pick([...near, ...near, pick(grids)]);
      const chain = places.ancestors(grid.id, at);
      const reporter = pick(reporters);
      const worker = pick([null, null, ...workers]);
      const state = pick(TICKET_STATES);
      values.push({
        id: `tkt_list${String(made).padStart(6, '0')}`,
        state,
        source: 'inspection',
        category_id: pick(['cat_a', 'cat_b', 'cat_c']),
        filing_standard_id: 'std_a',
        text: pick(TEXTS),
        place: pick(['', '扎细路 3号', 'Bei-Jing Rd']),
        longitude: 91.1,
        latitude: 29.6,
        cell: 0,
        accuracy_m: null,
        grid_id: grid.id,
        community_id: chain.at(-1)?.id ?? null,
        street_id: chain.find(({ kind }) => kind === 'street')?.id ?? null,
        district_id: chain.find(({ kind }) => kind === 'district')?.id ?? null,
        zone_id: null,
        area_path: grid.path,
        campaign_id: null,
        action_code: pick([null, 'sanitation', 'traffic']),
        task_id: pick([null, 'tsk_a']),
        assignment_id: pick([null, 'asg_a', 'asg_b']),
        unit_id: worker ? worker.unitId : pick(units),
        worker_post_id: worker?.postId ?? null,
        reported_by_post: reporter.postId,
        reported_by_unit: reporter.unitId,
        reported_at: at,
        occurred_at: null,
        dispatched_at: null,
        accepted_at: null,
        submitted_at: null,
        verified_at: null,
        closed_at: null,
        due_at: pick([null, at, at, at + 60_000, at + 120_000, at - 60_000]),
        clock_state: 'none',
        warned: 0,
        late: pick([0, 0, 1]),
        rework_count: 0,
        updated_at: at,
        version: 1,
      });
    }
    return world.db.writer.run(async (tx) => {
      const inserted: Row[] = [];
      for (let i = 0; i < values.length; i += 100) {
        const chunk = values.slice(i, i + 100);
        await tx.insertInto('ticket').values(chunk).execute();
        inserted.push(
          ...((await tx
            .selectFrom('ticket')
            .selectAll()
            .where(
              'id',
              'in',
              chunk.map(({ id }) => id),
            )
            .orderBy('row')
            .execute()) as Row[]),
        );
      }
      await indexText(
        { tx, dialect },
        inserted.map((row) => ({ row: row.row, text: searchable(row) })),
      );
      return inserted;
    });
  }

  beforeAll(async () => {
    world = await open();
    for (const name of [...USERS, 'grid.zhaxi.2']) {
      const caller = await world.as(name);
      const { post } = await caller.auth.me();
      callers.set(name, caller);
      const areaPath = post.areaId === null ? [] : world.db.caches.get(placeCache).pathIds(post.areaId);
      actors.set(name, { accountId: 'acc_x', userName: name, postId: post.postId, role: post.role, unitId: post.unitId, areaId: post.areaId, areaPath, actionCode: post.actionCode });
    }
    rows = await insert(SIZE, chance(7));
  });

  const fold = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const scopeAt = (actor: Actor): Scope => world.db.caches.get(policyCache).table.get(`${actor.role} tickets.list`)!;

  /** What a list must hold, said in the simplest way. */
  function expected(actor: Actor, { box, states, text, late, sort, ...equal }: ListInput): string[] {
    const scope = scopeAt(actor);
    const chosen = box ?? (scope === 'own' ? 'worker' : scope === 'unit' ? 'unit' : 'visible');
    const seen = (row: Row): boolean =>
      inScope(scope, actor, {
        units: [row.unit_id, row.reported_by_unit].filter((unit) => unit != null),
        posts: [row.worker_post_id, row.reported_by_post].filter((post) => post != null),
        areaPath: row.area_path,
        actionCode: row.action_code ?? null,
      });
    const inBox = (row: Row): boolean =>
      ({
        unit: row.unit_id === actor.unitId,
        worker: row.worker_post_id === actor.postId,
        reported: row.reported_by_post === actor.postId,
        check: row.state === 'submitted' || row.state === 'verified',
        visible: true,
      })[chosen];
    const columns = {
      unitId: 'unit_id',
      workerPostId: 'worker_post_id',
      gridId: 'grid_id',
      streetId: 'street_id',
      districtId: 'district_id',
      categoryId: 'category_id',
      actionCode: 'action_code',
      taskId: 'task_id',
      assignmentId: 'assignment_id',
    } as const;
    const found = rows.filter(
      (row) =>
        seen(row) &&
        inBox(row) &&
        (Object.entries(columns) as [keyof typeof columns, keyof Row][]).every(([name, column]) => equal[name] === undefined || row[column] === equal[name]) &&
        (!states || states.length === 0 || states.includes(row.state)) &&
        (late === undefined || row.late === (late ? 1 : 0)) &&
        (!text || fold(searchable(row)).includes(fold(text))),
    );
    const due = (row: Row): number => row.due_at ?? Number.POSITIVE_INFINITY;
    return found.sort((a, b) => (sort === 'newest' ? b.row - a.row : sort === 'due' && due(a) !== due(b) ? due(a) - due(b) : a.row - b.row)).map(({ id }) => id);
  }

  const someText = fc.oneof(
    fc.constantFrom('垃圾', 'cafe', 'CAFE', 'école', 'ÉCOLE', 'abc-12', '🔥', '圾🔥成', 'a_b', '100%', '%', '\\', "'", '"', 'བདེ་ལེགས', '缺失 扎', '𠮷祥', '𬭊', '没有这样的'),
    fc.tuple(fc.constantFrom(...TEXTS), fc.nat(20), fc.integer({ min: 1, max: 6 })).map(([text, from, length]) => [...text].slice(from, from + length).join('')),
  );

  const filters = (): fc.Arbitrary<TicketFilter> => {
    const some = (column: keyof Row) => fc.option(fc.constantFrom(...new Set(rows.map((row) => row[column]).filter((value) => typeof value === 'string'))), { nil: undefined, freq: 1 });
    return fc
      .record(
        {
          box: fc.option(fc.constantFrom('visible', 'unit', 'worker', 'reported', 'check'), { nil: undefined }),
          unitId: some('unit_id'),
          workerPostId: some('worker_post_id'),
          gridId: some('grid_id'),
          streetId: some('street_id'),
          districtId: some('district_id'),
          categoryId: some('category_id'),
          actionCode: some('action_code'),
          taskId: some('task_id'),
          assignmentId: some('assignment_id'),
          states: fc.option(fc.uniqueArray(fc.constantFrom(...TICKET_STATES), { maxLength: 4 }), { nil: undefined }),
          late: fc.option(fc.boolean(), { nil: undefined, freq: 1 }),
          text: fc.option(someText, { nil: undefined, freq: 1 }),
        },
        { requiredKeys: [] },
      )
      .chain((all) => {
        // Two or three filters at a time; all at once would find nothing.
        const names = Object.keys(all) as (keyof typeof all)[];
        return fc
          .subarray(names, { maxLength: Math.min(3, names.length) })
          .map((kept) => Object.fromEntries(kept.filter((name) => all[name] !== undefined).map((name) => [name, all[name]])) as TicketFilter);
      });
  };

  it('pages forward and back over every sort exactly as a naive sort of all rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...USERS), filters(), fc.constantFrom(...TICKET_SORTS), fc.integer({ min: 17, max: 70 }), async (name, filter, sort, limit) => {
        const caller = callers.get(name)!;
        const wanted = expected(actors.get(name)!, listSchema.parse({ ...filter, sort }));
        const pages: string[][] = [];
        let cursor: string | null | undefined;
        let back: string | null = null;
        do {
          const page: Awaited<ReturnType<Caller['tickets']['list']>> = await caller.tickets.list({ ...filter, sort, limit, ...(cursor ? { cursor } : {}) });
          pages.push(page.rows.map(({ id }) => id));
          cursor = page.next;
          back = page.previous;
          expect(page.previous === null).toBe(pages.length === 1);
        } while (cursor !== null);
        expect(pages.flat()).toEqual(wanted);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
        const behind: string[][] = [];
        while (back !== null) {
          const page: Awaited<ReturnType<Caller['tickets']['list']>> = await caller.tickets.list({ ...filter, sort, limit, cursor: back });
          behind.unshift(page.rows.map(({ id }) => id));
          back = page.previous;
          expect(page.next).not.toBeNull();
        }
        expect(behind).toEqual(pages.slice(0, -1));
      }),
      { numRuns: dialect === 'sqlite' ? 60 : 25, seed: 20_231_128 },
    );
  });

  it('totals what a filter finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...USERS), filters(), async (name, filter) => {
        const caller = callers.get(name)!;
        const { found } = (await caller.tickets.counts({ total: filter })) as unknown as { found: unknown };
        expect(found).toEqual({ total: expected(actors.get(name)!, listSchema.parse(filter)).length, exact: true });
      }),
      { numRuns: 25, seed: 20_231_128 },
    );
    const nothing = await callers.get('dispatch.city')!.tickets.counts({ total: { box: 'check', states: ['closed'] } });
    expect(nothing).toMatchObject({ found: { total: 0, exact: true } });
  });

  it.each([
    '垃圾',
    '拉圾',
    'cafe',
    'CAFE',
    'cAfE É',
    'ec',
    'école',
    'ÉCOLE',
    'bei-jing',
    'a_b',
    'axb',
    '100%',
    '100',
    '%',
    '_',
    '\\',
    '🔥',
    '圾🔥成',
    'བཀྲ་ཤིས',
    'ཀྲ',
    '𠮷',
    '𬭊 路',
    '失 扎',
    '堆 扎细',
    '号 店',
    '积',
    "x' or 1=1 --",
    '"',
    '*',
    'NOT',
  ])('search for %s finds what the substring finds', async (text) => {
    const { rows: found } = await callers.get('dispatch.city')!.tickets.list({ text, sort: 'oldest', limit: 200 });
    expect(found.map(({ id }) => id)).toEqual(expected(actors.get('dispatch.city')!, listSchema.parse({ text, sort: 'oldest' })).slice(0, 200));
  });

  it('shows each role what its sight reaches, and not a ticket more', async () => {
    for (const name of USERS) {
      const all: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Caller['tickets']['list']>> = await callers.get(name)!.tickets.list({ box: 'visible', limit: 200, ...(cursor ? { cursor } : {}) });
        all.push(...page.rows.map(({ id }) => id));
        cursor = page.next;
      } while (cursor);
      expect(all, name).toEqual(expected(actors.get(name)!, listSchema.parse({ box: 'visible' })));
      expect(all.length, name).toBeGreaterThan(0);
    }
    expect(await refusalOf((await world.as('admin')).tickets.list({}))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusalOf((await world.as('security')).tickets.list({}))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    ['rubbish', 'rubbish'],
    ['nothing', ''],
    ['JSON null', 'null'],
    ['an array', '[1,2]'],
    ['a string for a number', '{"due":null,"row":"1","direction":"forward","sort":"newest"}'],
    ['half a number', '{"due":null,"row":1.5,"direction":"forward","sort":"newest"}'],
    ['a number beyond integers', '{"due":null,"row":1e300,"direction":"forward","sort":"newest"}'],
    ['another direction', '{"due":null,"row":1,"direction":"down","sort":"newest"}'],
    ['another sort', '{"due":null,"row":1,"direction":"forward","sort":"due"}'],
    ['a due time where none belongs', '{"due":5,"row":1,"direction":"forward","sort":"newest"}'],
  ])('refuses a cursor of %s', async (_what, text) => {
    const caller = callers.get('dispatch.city')!;
    for (const cursor of [text, Buffer.from(text).toString('base64url')]) expect(await refusalOf(caller.tickets.list({ cursor }))).toMatchObject({ code: 'VALIDATION', details: { field: 'cursor' } });
  });

  it.each(TICKET_SORTS)('stays in place while tickets come in: %s', async (sort) => {
    const caller = callers.get('dispatch.city')!;
    const before = rows;
    const seen: string[] = [];
    let cursor: string | null = null;
    let step = 0;
    do {
      const page: Awaited<ReturnType<Caller['tickets']['list']>> = await caller.tickets.list({ sort, limit: 50, ...(cursor ? { cursor } : {}) });
      seen.push(...page.rows.map(({ id }) => id));
      cursor = page.next;
      step += 1;
      if (step <= 3) rows = [...rows, ...(await insert(5, chance(100 + step)))];
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    const old = new Set(before.map(({ id }) => id));
    rows = before;
    expect(seen.filter((id) => old.has(id))).toEqual(expected(actors.get('dispatch.city')!, listSchema.parse({ sort })));
    rows = ((await world.db.read.selectFrom('ticket').selectAll().orderBy('row').execute()) as Row[]).slice();
  });

  if (dialect === 'sqlite')
    describe('the documented combinations', () => {
      /** Plans of every query on `ticket` that a list runs. */
      async function plansOf(name: string, filter: Partial<ListInput>): Promise<string[]> {
        const read = world.db.read as Kysely<Schema>;
        const nodes: Parameters<KyselyPlugin['transformQuery']>[0][] = [];
        const recorder: KyselyPlugin = {
          transformQuery: (args) => {
            nodes.push(args);
            return args.node;
          },
          transformResult: ({ result }) => Promise.resolve(result),
        };
        const recording: Database = { ...world.db, read: read.withPlugin(recorder) };
        await listTickets(recording, actors.get(name)!, listSchema.parse(filter));
        const plans: string[] = [];
        for (const { node, queryId } of nodes) {
          const compiled = read.getExecutor().compileQuery(node, queryId);
          if (!compiled.sql.includes('from "ticket"')) continue;
          const { rows: steps } = await read.executeQuery<{ detail: string }>(CompiledQuery.raw(`explain query plan ${compiled.sql}`, [...compiled.parameters]));
          plans.push(steps.map(({ detail }) => detail).join(' | '));
        }
        return plans;
      }

      const unit = { unitId: 'unt_a' as const };
      const states = ['dispatched', 'handling'] as const;
      it.each<[string, Partial<ListInput>, string]>([
        ['dispatch.city', { ...unit }, 'ticket_unit'],
        ['dispatch.city', { ...unit, states: [...states] }, 'ticket_unit_state'],
        ['dispatch.city', { ...unit, sort: 'due' }, 'ticket_unit_state_due'],
        ['dispatch.city', { ...unit, states: [...states], sort: 'due' }, 'ticket_unit_state_due'],
        ['station.zhaxi', {}, 'ticket_unit'],
        ['street.zhaxi', { box: 'unit', states: [...states] }, 'ticket_unit_state'],
        ['street.zhaxi', { box: 'unit', sort: 'due' }, 'ticket_unit_state_due'],
        ['grid.zhaxi.1', { sort: 'due' }, 'ticket_worker_state_due'],
        ['grid.zhaxi.1', { sort: 'due', states: [...states] }, 'ticket_worker_state_due'],
        ['grid.zhaxi.1', { box: 'reported' }, 'ticket_reporter'],
        ['dispatch.city', { workerPostId: 'pst_a', sort: 'due' }, 'ticket_worker_state_due'],
        ['dispatch.city', { gridId: 'jur_a' }, 'ticket_grid'],
        ['dispatch.city', { streetId: 'jur_a' }, 'ticket_street'],
        ['dispatch.city', { streetId: 'jur_a', states: [...states] }, 'ticket_street_state'],
        ['dispatch.city', { districtId: 'jur_a' }, 'ticket_district'],
        ['dispatch.city', { categoryId: 'cat_a' }, 'ticket_category'],
        ['dispatch.city', { actionCode: 'sanitation' }, 'ticket_action'],
        ['dispatch.city', { taskId: 'tsk_a' }, 'ticket_task'],
        ['dispatch.city', { assignmentId: 'asg_a' }, 'ticket_assignment'],
        ['dispatch.city', { states: [...states] }, 'ticket_state'],
        ['dispatch.city', { states: [...states], sort: 'due' }, 'ticket_state_due'],
        ['dispatch.city', { sort: 'due' }, 'ticket_state_due'],
        ['dispatch.city', { box: 'check' }, 'ticket_state'],
      ])('%s %o is read in the order of %s, without a sort', async (name, filter, index) => {
        for (const sort of filter.sort ? [filter.sort] : (['newest', 'oldest'] as const))
          for (const cursor of [undefined, { due: null, row: 5, direction: 'forward', sort }, { due: sort === 'due' ? 5 : null, row: 5, direction: 'back', sort }]) {
            const plans = await plansOf(name, { ...filter, sort, ...(cursor ? { cursor: Buffer.from(JSON.stringify(cursor)).toString('base64url') } : {}) } as Partial<ListInput>);
            expect(plans.length).toBeGreaterThan(0);
            for (const plan of plans) {
              expect(plan).toMatch(new RegExp(`USING INDEX ${index} \\(`));
              expect(plan).not.toContain('TEMP B-TREE');
            }
          }
      });

      it('everything, newest first, is read in the order of the table by who sees it all', async () => {
        for (const plan of await plansOf('dispatch.city', {})) expect(plan).toMatch(/^(SCAN|SEARCH) ticket( USING INTEGER PRIMARY KEY.*)?$/);
      });

      it.each<[string, Partial<ListInput>]>([
        ['street.zhaxi', {}],
        ['district.chengguan', {}],
        ['street.zhaxi', { states: ['dispatched', 'submitted'] }],
        ['verify.zhaxi', { box: 'check' }],
        ['station.zhaxi', { box: 'visible' }],
        ['taskforce.sanitation', {}],
        ['grid.zhaxi.1', { box: 'visible' }],
      ])('what %s may see, %o, is read in parts that have an index each', async (name, filter) => {
        const plans = await plansOf(name, filter);
        expect(plans.length).toBeGreaterThan(1);
        for (const plan of plans) expect(plan).toMatch(/^SEARCH ticket USING INDEX ticket_(street|district|unit|reporter|worker|action|state)/);
      });
    });
});
