import { SESSION_COOKIE } from '@baxing/identity/server';
import type { Id } from '@baxing/kernel';
import { describeEachWorld, type World, WORLD_PASSWORD } from '@baxing/testing';
import { beforeAll, expect, it } from 'vitest';
import { type Cast, castOf, expectRefusal, ticketAt } from './support.ts';

describeEachWorld('the audit log', (open) => {
  let world: World;
  let cast: Cast;
  beforeAll(async () => {
    world = await open();
    cast = await castOf(world);
  });

  it('tells the audit administrator the whole story of a ticket', async () => {
    const ticketId = await ticketAt(world, cast, 'closed');
    const audit = await world.as('audit');
    const { entries, next } = await audit.audit.list({ subjectId: ticketId });
    expect(next).toBeNull();
    expect(entries.map(({ type, userName }) => `${type} ${userName}`)).toEqual([
      'ticket.closed verify.zhaxi',
      'ticket.verified verify.zhaxi',
      'ticket.submitted grid.zhaxi.1',
      'ticket.accepted grid.zhaxi.1',
      'ticket.dispatched street.zhaxi',
      'ticket.reported street.zhaxi',
    ]);
    for (const entry of entries)
      expect(entry).toMatchObject({ subject: 'ticket', subjectId: ticketId, at: world.clock.now(), origin: '127.0.0.1', commandId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
    expect(entries[2]).toMatchObject({ postTitle: '扎细街道网格员岗一', unitName: expect.stringContaining('扎细') as string, data: { from: 'handling', to: 'submitted', photos: 2 } });
    const pages = [];
    for (let before: number | null | undefined; before !== null;) {
      const page: Awaited<ReturnType<typeof audit.audit.list>> = await audit.audit.list({ subjectId: ticketId, limit: 4, ...(before === undefined ? {} : { before }) });
      pages.push(...page.entries);
      before = page.next;
    }
    expect(pages).toEqual(entries);
    expect((await audit.audit.list({ subjectId: ticketId, type: 'ticket.accepted' })).entries).toEqual([entries[3]]);
    expect((await audit.tickets.history({ ticketId })).entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).toReversed());
  });

  it('is closed to every other role', async () => {
    for (const name of ['admin', 'security', 'leader', 'office', 'dispatch.city', 'supervisor', 'street.zhaxi', 'grid.zhaxi.1']) {
      const caller = await world.as(name);
      await expectRefusal(caller.audit.list({}), 'FORBIDDEN', { verb: 'audit.list' });
      await expectRefusal(caller.audit.verify(), 'FORBIDDEN', { verb: 'audit.verify' });
    }
  });

  it('verifies its chain on request', async () => {
    await world.services.worker.runDue();
    expect(await (await world.as('audit')).audit.verify()).toMatchObject({ findings: [], unsealedTail: 0 });
  });

  it('holds no secret: no password, no hash, no session, no password of an account that was made', async () => {
    const admin = await world.as('admin');
    const made = await admin.accounts.create({
      commandId: world.id(),
      userName: 'grid.zhaxi.99',
      posts: [{ role: 'grid_worker', title: '网格员岗', workNumber: 'WG0999', unitId: cast.ids.zhaxi, areaId: cast.ids.grid }],
    });
    const reset = await admin.accounts.resetPassword({ commandId: world.id(), accountId: made.accountId as Id<'acc'> });
    const rows = await world.db.read.selectFrom('event').selectAll().execute();
    const receipts = await world.db.read.selectFrom('receipt').selectAll().execute();
    expect(rows.some(({ type }) => type === 'account.created')).toBe(true);
    const text = JSON.stringify([rows, receipts]);
    const sessions = await world.db.read.selectFrom('session').select('id').execute();
    expect(sessions.length).toBeGreaterThan(0);
    const secrets = [WORLD_PASSWORD, made.generatedPassword, reset.generatedPassword, '$argon2', SESSION_COOKIE, ...sessions.map(({ id }) => id)];
    for (const secret of secrets) {
      expect(secret?.length ?? 0).toBeGreaterThan(6);
      expect(text).not.toContain(secret!);
    }
  });
});
