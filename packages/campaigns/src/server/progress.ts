import { type Database, readCounters } from '@baxing/db';
import { inScope } from '@baxing/identity';
import { scopeFor } from '@baxing/identity/server';
import { placeCache } from '@baxing/jurisdictions/server';
import { type Actor, type Result, ok, refuse } from '@baxing/kernel';
import { type Light, lightOf } from '../light.ts';
import { ASSIGNMENT_PHASES, type AssignmentPhase } from '../states.ts';
import { findCampaign } from './access.ts';
import { progressScope } from './counters.ts';
import { unitPath } from './register.ts';
import { type UnitName, unitName } from './views.ts';

export interface ProgressNumbers {
  readonly light: Light;
  /** Assignments by phase; `held` are those that hold a share (waiting, working, checking, done). */
  readonly phases: Readonly<Record<AssignmentPhase, number>>;
  readonly held: number;
  readonly late: number;
  readonly warned: number;
  /** 0 … 1: mean over the held assignments of what was reported, and of what was verified, of each target. */
  readonly reported: number;
  readonly verified: number;
  readonly ticketsOpen: number;
  readonly ticketsClosed: number;
}

export interface Progress {
  readonly campaignId: string;
  readonly actions: readonly ({ readonly code: string; readonly name: string; readonly placeholder: boolean } & ProgressNumbers)[];
  readonly units: readonly (UnitName & ProgressNumbers)[];
  /** Only where something is or was assigned. Drill down: `assignments.list {campaignId, actionCode, unitId}`. */
  readonly cells: readonly ({ readonly actionCode: string; readonly unitId: string } & ProgressNumbers)[];
  readonly total: ProgressNumbers;
}

type Sums = Record<string, number>;

function numbersOf(sums: Sums): ProgressNumbers {
  const get = (name: string): number => sums[name] ?? 0;
  const [held, late, warned] = [get('held'), get('late'), get('warned')];
  const mean = (name: string): number => (held === 0 ? 0 : Math.round(get(name) / held) / 1000);
  return {
    light: lightOf({ held, late, warned }),
    phases: Object.fromEntries(ASSIGNMENT_PHASES.map((phase) => [phase, get(`phase.${phase}`)])) as Record<AssignmentPhase, number>,
    held,
    late,
    warned,
    reported: mean('reportedMilli'),
    verified: mean('verifiedMilli'),
    ticketsOpen: get('ticketsOpen'),
    ticketsClosed: get('ticketsClosed'),
  };
}

/** The board action × unit. Reads counters only, as many as there are cells; tickets and assignments may be millions. @refuses FORBIDDEN, NOT_FOUND */
export async function campaignProgress(db: Database, actor: Actor, input: { campaignId: string }, at: number): Promise<Result<Progress>> {
  const scope = scopeFor(db, actor, 'campaigns.progress');
  if (scope === null) return refuse('FORBIDDEN', { verb: 'campaigns.progress' });
  const campaign = await findCampaign(db, actor, input.campaignId);
  if (!campaign.ok) return campaign;
  const places = db.caches.get(placeCache);
  const actions = await db.read.selectFrom('action').select(['code', 'name', 'placeholder']).where('campaign_id', '=', input.campaignId).orderBy('ordinal').execute();
  const cells = new Map<string, { actionCode: string; unitId: string; sums: Sums }>();
  const [byAction, byUnit, total] = [new Map<string, Sums>(), new Map<string, Sums>(), {} as Sums];
  const add = (sums: Sums, name: string, value: number): void => void (sums[name] = (sums[name] ?? 0) + value);
  for (const { subject, name, value } of await readCounters(db.read, db.dialect, progressScope(input.campaignId))) {
    const [actionCode = '', unitId = ''] = subject.split('|');
    let cell = cells.get(subject);
    if (!cell) {
      if (!inScope(scope, actor, { units: [unitId], actionCode, areaPath: unitPath(places, unitId, at) })) continue;
      cell = { actionCode, unitId, sums: {} };
      cells.set(subject, cell);
    }
    if (!byAction.has(actionCode)) byAction.set(actionCode, {});
    if (!byUnit.has(unitId)) byUnit.set(unitId, {});
    for (const sums of [cell.sums, byAction.get(actionCode)!, byUnit.get(unitId)!, total]) add(sums, name, value);
  }
  const order = new Map(places.units(at).map((unit, i) => [unit.id as string, i]));
  const position = (unitId: string): number => order.get(unitId) ?? Number.MAX_SAFE_INTEGER;
  return ok({
    campaignId: input.campaignId,
    actions: actions.map(({ code, name, placeholder }) => ({ code, name, placeholder: placeholder === 1, ...numbersOf(byAction.get(code) ?? {}) })),
    units: [...byUnit].sort(([a], [b]) => position(a) - position(b)).map(([unitId, sums]) => ({ ...unitName(places, unitId), ...numbersOf(sums) })),
    cells: [...cells.values()].map(({ actionCode, unitId, sums }) => ({ actionCode, unitId, ...numbersOf(sums) })),
    total: numbersOf(total),
  });
}
