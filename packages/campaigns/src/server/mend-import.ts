import { defineCommand } from '@baxing/db';
import { type PlaceIndex, placeCache } from '@baxing/jurisdictions/server';
import { hasForbiddenCharacters, type Result, ok, refuse } from '@baxing/kernel';
import type { Finding } from '../plan/examine.ts';
import { addMends, type StoredMend } from '../plan/mends.ts';
import { keyOfName, suffixKind } from '../plan/names.ts';
import { type PlanRow, splitUnits, textOf } from '../plan/rows.ts';
import { importMendSchema, type MendInput } from '../schemas.ts';
import { accessImport, examineImport, IMPORT_STATES, importView, type PlanImportView } from './plan-import.ts';
import { checkVersion } from './access.ts';
import { registerAt } from './register.ts';

/**
 * Mends cells or names of a plan in place and looks at all of it again.
 * @refuses NOT_FOUND, CONFLICT, WRONG_STATE; VALIDATION {field: mends, index, rule: ROW | NAME | NAME_NEEDED | UNIT | KIND | COLUMN | TEXT}
 */
export const mendImport = defineCommand({
  name: 'campaigns.importMend',
  input: importMendSchema,
  async run(ctx, input): Promise<Result<PlanImportView>> {
    const access = await accessImport(ctx, input.importId, 'campaigns.importMend');
    if (!access.ok) return access;
    const { plan, campaign } = access.value;
    if (plan.state !== IMPORT_STATES.open) return refuse('WRONG_STATE', { state: plan.state, verb: 'importMend', from: [IMPORT_STATES.open] });
    const fresh = checkVersion(plan, input.version);
    if (!fresh.ok) return fresh;
    const places = ctx.cached(placeCache);
    const register = registerAt(places, campaign.area_id, ctx.at);
    const before = await examineImport(ctx.tx, places, ctx.at, campaign, plan, register);
    const rows = findRows(before.rows);
    const added: StoredMend[] = [];
    for (const [index, mend] of input.mends.entries()) {
      const stored = resolve(mend, index, rows, before.findings, places, ctx.at);
      if (!stored.ok) return stored;
      added.push(stored.value);
    }
    const mends = addMends(JSON.parse(plan.mends) as StoredMend[], added);
    const saved = await ctx.tx
      .updateTable('plan_import')
      .set({ mends: JSON.stringify(mends), version: plan.version + 1 })
      .where('id', '=', plan.id)
      .where('version', '=', plan.version)
      .returningAll()
      .executeTakeFirst();
    if (!saved) return refuse('CONFLICT', { version: plan.version });
    const after = await examineImport(ctx.tx, places, ctx.at, campaign, saved, register);
    ctx.record({ type: 'planImport.mended', subject: 'planImport', subjectId: plan.id, scope: {}, data: { campaignId: campaign.id, mends: input.mends, findings: after.errors + after.warnings } });
    return ok(importView(saved, after));
  },
});

const NAMES = ['lead', 'responsible', 'cooperating'] as const;
const isNames = (column: string): column is (typeof NAMES)[number] => NAMES.some((name) => name === column);

type RowFinder = (mend: MendInput) => readonly PlanRow[];

function findRows(rows: readonly PlanRow[]): RowFinder {
  const byNo = Map.groupBy(rows, ({ cells }) => Number(textOf(cells.no)));
  const bySheetRow = Map.groupBy(rows, ({ sheetRow }) => sheetRow);
  return ({ row, sheetRow }) => (sheetRow === undefined ? byNo.get(row!) : bySheetRow.get(sheetRow)) ?? [];
}

function resolve(mend: MendInput, index: number, rows: RowFinder, findings: readonly Finding[], places: PlaceIndex, at: number): Result<StoredMend> {
  const wrong = (rule: string, details: Readonly<Record<string, unknown>> = {}): ReturnType<typeof refuse> => refuse('VALIDATION', { field: 'mends', index, rule, ...details });
  const candidates = rows(mend);
  const row = candidates[0];
  if (!row || candidates.length > 1) return wrong('ROW', { sheetRows: candidates.map(({ sheetRow }) => sheetRow) });
  const { sheetRow } = row;
  const { column } = mend;
  if (mend.value !== undefined) {
    if (typeof mend.value === 'string' && hasForbiddenCharacters(mend.value)) return wrong('TEXT');
    const value = typeof mend.value === 'string' ? mend.value.normalize('NFC').trim() : mend.value;
    return ok({ sheetRow, column, value: value === '' ? null : value });
  }
  if (!isNames(column)) return wrong('COLUMN', { columns: NAMES });
  const names = splitUnits(row.cells[column]);
  if (mend.unitId !== undefined) {
    const unit = places.unit(mend.unitId, at);
    if (!unit) return wrong('UNIT', { unitId: mend.unitId });
    // An empty cell has no name to stand for: the unit's own becomes its content.
    if (names.length === 0) return ok({ sheetRow, column, value: unit.name });
  }
  const open = findings.filter((finding) => finding.sheetRow === sheetRow && finding.column === column && finding.choices.length > 0).map(({ value }) => value);
  const name = mend.name ?? (open.length === 1 ? open[0] : undefined);
  if (name === undefined) return wrong('NAME_NEEDED', { names: open });
  if (!names.some((candidate) => keyOfName(candidate) === keyOfName(name))) return wrong('NAME', { names });
  if (mend.unitId !== undefined) return ok({ sheetRow, column, name, unitId: mend.unitId });
  if (mend.choice === 'leave_open') return ok({ sheetRow, column, name, choice: 'leave_open' });
  const kind = mend.kind ?? suffixKind(name);
  return kind === null ? wrong('KIND', { name }) : ok({ sheetRow, column, name, choice: 'create_unit', kind });
}
