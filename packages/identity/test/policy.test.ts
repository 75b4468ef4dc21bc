import { type Actor, ROLES, SYSTEM_ACTOR } from '@baxing/kernel';
import { authorisationMatrix, inScope, originAllowed, parsePolicy, policyTable, proceduresWithoutPolicy, type Scope, scopeOf } from '@baxing/identity';
import { DEFAULT_POLICY, DEFAULT_SETTINGS } from '@baxing/identity/server';
import { describe, expect, it } from 'vitest';

const policy = policyTable(DEFAULT_POLICY);
const may = (role: Actor['role'], verb: string): Scope | null => scopeOf(policy, { role }, verb);

const actor = { postId: 'pst_1', unitId: 'unt_1', areaId: 'jur_street', actionCode: 'traffic' } as const;

/** Issue 2, section 6, and the verbs that the portal needs beside them. */
const PROCEDURES = `auth.signIn auth.me auth.signOut auth.switchPost auth.changePassword
  jurisdictions.list jurisdictions.get jurisdictions.locate jurisdictions.shapes units.list clocks.compute calendars.list categories.list
  campaigns.list campaigns.get campaigns.create campaigns.importPreview campaigns.importMend campaigns.importCommit campaigns.coverage campaigns.publish campaigns.progress
  tasks.list tasks.get tasks.create tasks.update tasks.assign
  assignments.list assignments.get assignments.accept assignments.return assignments.report assignments.submit assignments.verify assignments.rework assignments.reassign
  tickets.report tickets.dispatch tickets.bulkDispatch tickets.assign tickets.accept tickets.return tickets.submit tickets.verify tickets.rework tickets.close
  tickets.list tickets.get tickets.history tickets.counts tickets.nearby
  live.changes audit.list audit.verify files.upload files.get demo.advance
  accounts.list accounts.create accounts.disable accounts.resetPassword posts.list posts.set policy.list`
  .trim()
  .split(/\s+/)
  .map((name) => ({ name, kind: 'query' as const }));

const BUSINESS_WRITES = /^(campaigns\.(create|import|publish)|tasks\.(create|update|assign)|assignments\.(accept|return|report|submit|verify|rework|reassign)|tickets\.(report|dispatch|bulkDispatch|assign|accept|return|submit|verify|rework|close)|files\.upload)/;

describe('scopes', () => {
  it.each<[Scope, object, boolean]>([
    ['all', {}, true],
    ['area', { areaPath: '/jur_city/jur_street/jur_grid/' }, true],
    ['area', { areaPath: '/jur_city/jur_street2/' }, false],
    ['area', { units: ['unt_1'] }, true],
    ['unit', { units: ['unt_2', 'unt_1'] }, true],
    ['unit', { areaPath: '/jur_city/jur_street/' }, false],
    ['own', { posts: ['pst_1'] }, true],
    ['own', { units: ['unt_1'], areaPath: '/jur_street/' }, false],
    ['action', { actionCode: 'traffic' }, true],
    ['action', { actionCode: 'safety', units: ['unt_1'] }, false],
    ['action', { actionCode: null }, false],
    ['self', { units: ['unt_1'] }, false],
  ])('%s over %j: %s', (scope, subject, expected) => {
    expect(inScope(scope, actor, subject)).toBe(expected);
  });

  it('a post without place or action reaches nothing by them', () => {
    const nobody = { ...actor, areaId: null, actionCode: null };
    expect(inScope('area', nobody, { areaPath: '/null/' })).toBe(false);
    expect(inScope('action', nobody, { actionCode: null })).toBe(false);
  });

  it('the product itself reaches everything', () => {
    expect(scopeOf(policy, SYSTEM_ACTOR, 'anything.atAll')).toBe('all');
  });
});

describe('the delivered policy', () => {
  it('has a rule for every procedure', () => {
    expect(proceduresWithoutPolicy(policy, PROCEDURES)).toEqual([]);
    expect(proceduresWithoutPolicy(policy, [{ name: 'tickets.forgotten', kind: 'mutation' }])).toEqual(['tickets.forgotten']);
  });

  it('lets every role sign in and out, whatever its post', () => {
    for (const role of ROLES) for (const verb of ['auth.signIn', 'auth.me', 'auth.signOut', 'auth.switchPost', 'auth.changePassword']) expect(may(role, verb)).toBe('self');
  });

  it('gives no business write to administrators and leaders', () => {
    const writes = DEFAULT_POLICY.filter(({ role, verb }) => ['system_admin', 'security_admin', 'audit_admin', 'leader'].includes(role) && BUSINESS_WRITES.test(verb));
    expect(writes).toEqual([]);
  });

  it('keeps the three administrators apart', () => {
    expect([may('system_admin', 'audit.list'), may('security_admin', 'audit.list'), may('audit_admin', 'audit.list')]).toEqual([null, null, 'all']);
    expect([may('system_admin', 'accounts.create'), may('security_admin', 'accounts.create'), may('audit_admin', 'accounts.create')]).toEqual(['all', null, null]);
    expect([may('system_admin', 'accounts.unlock'), may('security_admin', 'accounts.unlock'), may('audit_admin', 'accounts.unlock')]).toEqual([null, 'all', null]);
    expect(may('audit_admin', 'tickets.history')).toBe('all');
  });

  it('holds task forces to their action and workers to their own', () => {
    for (const verb of ['tasks.assign', 'tasks.create', 'assignments.verify', 'tickets.verify']) expect(may('task_force', verb)).toBe('action');
    for (const role of ['officer', 'grid_worker'] as const) {
      for (const verb of ['tickets.list', 'tickets.get', 'tickets.history', 'tickets.submit', 'files.get', 'live.changes']) expect(may(role, verb)).toBe('own');
      expect(may(role, 'tickets.verify')).toBeNull();
    }
    expect(may('office', 'campaigns.importCommit')).toBe('all');
    expect(may('task_force', 'campaigns.importCommit')).toBeNull();
  });

  it('refuses a file with a rule it does not understand', () => {
    expect(() => parsePolicy('role,verb,scope\nking,tickets.get,all')).toThrow('line 2');
    expect(() => parsePolicy('role,verb,scope\nleader,tickets.get,everything')).toThrow('line 2');
    expect(() => parsePolicy('role,verb,scope\nleader,tickets.get,all\nleader,tickets.get,own')).toThrow('line 3 repeats');
  });

  it('a rule taken away stays away', () => {
    expect(policyTable([{ role: 'leader', verb: 'tickets.get', scope: 'none' }]).size).toBe(0);
  });

  it('prints role × verb × scope', () => {
    const text = authorisationMatrix(policy, [
      { name: 'tickets.verify', kind: 'mutation' },
      { name: 'audit.list', kind: 'query' },
    ]);
    const [head, audit, verify] = text.split('\n').map((line) => line.split(/\s+/));
    expect(head!.slice(2)).toEqual(ROLES);
    expect(audit![2 + ROLES.indexOf('audit_admin')]).toBe('all');
    expect(audit!.filter((cell) => cell === '·').length).toBe(ROLES.length - 1);
    expect(verify![2 + ROLES.indexOf('task_force')]).toBe('action');
  });

  it('separates persons in grid work and units among departments', () => {
    expect([DEFAULT_SETTINGS.separation.grid_worker, DEFAULT_SETTINGS.separation.department]).toEqual(['person', 'unit']);
  });
});

describe('Origin check', () => {
  const own = { host: 'baxing.example:4180', protocol: 'http' };
  it.each([
    ['POST', 'http://baxing.example:4180', 'same-origin', true],
    ['POST', 'http://evil.example', 'cross-site', false],
    ['POST', 'https://baxing.example:4180', undefined, false],
    ['POST', 'null', undefined, false],
    ['POST', 'not a url', undefined, false],
    ['POST', undefined, undefined, true],
    ['POST', undefined, 'same-origin', true],
    ['POST', undefined, 'cross-site', false],
    ['POST', undefined, 'none', false],
    ['DELETE', 'http://evil.example', undefined, false],
    ['GET', 'http://evil.example', 'cross-site', true],
  ])('%s from %s (%s): %s', (method, origin, secFetchSite, expected) => {
    expect(originAllowed({ method, origin, secFetchSite, ...own })).toBe(expected);
  });

  it('knows the default port', () => {
    expect(originAllowed({ method: 'POST', origin: 'https://baxing.example', secFetchSite: null, host: 'baxing.example:443', protocol: 'https:' })).toBe(true);
  });
});
