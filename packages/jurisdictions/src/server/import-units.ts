import { type CommandContext, defineCommand } from '@baxing/db';
import { ok } from '@baxing/kernel';
import { type FileFinding, refuseFile } from '../findings.ts';
import { type UnitRow, unitsImportSchema } from '../schemas.ts';
import { inChunks } from './chunks.ts';
import { type ImportCounts, recordImport } from './import-divisions.ts';
import { PlaceIndex } from './place-index.ts';
import { placeCache, readPlaceRows } from './places.ts';
import { lockRegister } from './register-lock.ts';

/**
 * Adds units of a register by their full name, with the one area the register gives each. Another short name, note or parent is corrected in place;
 * another area holds from `validFrom`. A unit that the file does not name is left alone. The same file twice changes nothing.
 * @refuses VALIDATION {findings} (line = row number in `rows`): PARENT_UNKNOWN, PARENT_AMBIGUOUS, PARENT_LOOP, AREA_UNKNOWN, KIND_DIFFERS, AREA_NOT_OPEN
 */
export const importUnits = defineCommand({
  name: 'units.import',
  input: unitsImportSchema,
  run: async (ctx, input) => {
    await lockRegister(ctx);
    const rows = await readPlaceRows(ctx.tx);
    const places = new PlaceIndex(rows);
    const open = rows.units.filter((row) => row.valid_to === null);
    const known = new Map(open.map((row) => [row.name, row]));
    const idOf = new Map<string, string>(open.map((row) => [row.name, row.id]));
    for (const row of input.rows) if (!idOf.has(row.name)) idOf.set(row.name, ctx.newId('unt'));
    const idsByShortName = new Map<string, Set<string>>();
    for (const { name, shortName } of [...open.map((row) => ({ name: row.name, shortName: row.short_name })), ...input.rows])
      idsByShortName.set(shortName, (idsByShortName.get(shortName) ?? new Set()).add(idOf.get(name)!));

    const findings: FileFinding[] = [];
    const made: { row: UnitRow; id: string; parentId: string | null }[] = [];
    const corrected: { row: UnitRow; id: string; parentId: string | null }[] = [];
    const areas: { unitId: string; jurisdictionId: string; note: string }[] = [];
    const closed: string[] = [];
    const parentOf = new Map<string, string | null>(open.map((row) => [row.id, row.parent_id]));
    let unchanged = 0;
    for (const [i, row] of input.rows.entries()) {
      const find = (column: string, rule: string): void => void findings.push({ line: i + 1, column, rule, value: row.name });
      const id = idOf.get(row.name)!;
      const parent = row.parent === null ? null : resolveParent(row.parent, idOf, idsByShortName);
      if (parent === 'PARENT_UNKNOWN' || parent === 'PARENT_AMBIGUOUS') {
        find('parent', parent);
        continue;
      }
      parentOf.set(id, parent);
      const area = row.areaCode === null ? null : places.byCode(input.codes.source, input.codes.edition, row.areaCode, input.validFrom);
      if (row.areaCode !== null && !area) find('areaCode', 'AREA_UNKNOWN');
      const before = known.get(row.name);
      if (!before) {
        made.push({ row, id, parentId: parent });
        if (area) areas.push({ unitId: id, jurisdictionId: area.id, note: row.areaNote });
        continue;
      }
      if (before.kind !== row.kind) find('kind', 'KIND_DIFFERS');
      const present = rows.unitAreas.filter((held) => held.unit_id === id && held.valid_to === null);
      const sameArea = area ? present.length === 1 && present[0]!.jurisdiction_id === area.id && present[0]!.note === row.areaNote : present.length === 0;
      const sameRest = before.short_name === row.shortName && before.note === row.note && before.parent_id === parent;
      if (!sameRest) corrected.push({ row, id, parentId: parent });
      if (!sameArea && present.some((held) => held.valid_from >= input.validFrom)) find('areaCode', 'AREA_NOT_OPEN');
      else if (!sameArea) {
        closed.push(id);
        if (area) areas.push({ unitId: id, jurisdictionId: area.id, note: row.areaNote });
      }
      if (sameArea && sameRest) unchanged += 1;
    }
    for (const [i, row] of input.rows.entries()) if (loops(idOf.get(row.name)!, parentOf)) findings.push({ line: i + 1, column: 'parent', rule: 'PARENT_LOOP', value: row.name });
    if (findings.length > 0) return refuseFile(findings);

    // A parent may stand below its children in the file: rows first, then the links.
    await inChunks(made, (chunk) =>
      ctx.tx
        .insertInto('unit')
        .values(chunk.map(({ row, id }) => ({ id, name: row.name, short_name: row.shortName, kind: row.kind, parent_id: null, note: row.note, ordinal: row.ordinal, valid_from: input.validFrom, valid_to: null, version: 1 })))
        .execute(),
    );
    for (const { id, parentId } of made) if (parentId !== null) await ctx.tx.updateTable('unit').set({ parent_id: parentId }).where('id', '=', id).execute();
    for (const { row, id, parentId } of corrected)
      await ctx.tx
        .updateTable('unit')
        .set((eb) => ({ short_name: row.shortName, note: row.note, parent_id: parentId, version: eb('version', '+', 1) }))
        .where('id', '=', id)
        .execute();
    await inChunks(closed, (chunk) => ctx.tx.updateTable('unit_area').set({ valid_to: input.validFrom }).where('unit_id', 'in', chunk).where('valid_to', 'is', null).execute());
    await insertUnitAreas(ctx, areas, input.validFrom);
    const changed = new Set([...closed, ...corrected.map(({ id }) => id)]);
    const counts: ImportCounts = { created: made.length, changed: changed.size, unchanged };
    if (made.length + changed.size > 0) {
      recordImport(ctx, 'units.imported', places.city(input.validFrom)?.id ?? null, { validFrom: input.validFrom, ...counts, changedIds: [...changed] });
      ctx.invalidate(placeCache);
    }
    return ok(counts);
  },
});

function resolveParent(name: string, idOf: ReadonlyMap<string, string>, idsByShortName: ReadonlyMap<string, ReadonlySet<string>>): string | 'PARENT_UNKNOWN' | 'PARENT_AMBIGUOUS' {
  const byName = idOf.get(name);
  if (byName !== undefined) return byName;
  const [first, ...others] = idsByShortName.get(name) ?? [];
  if (first === undefined) return 'PARENT_UNKNOWN';
  return others.length > 0 ? 'PARENT_AMBIGUOUS' : first;
}

function loops(id: string, parentOf: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let at: string | null = id; at !== null; at = parentOf.get(at) ?? null) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}

export async function insertUnitAreas(ctx: CommandContext, areas: readonly { unitId: string; jurisdictionId: string; note: string }[], from: number): Promise<void> {
  await inChunks(areas, (chunk) =>
    ctx.tx
      .insertInto('unit_area')
      .values(chunk.map(({ unitId, jurisdictionId, note }) => ({ id: ctx.newId('uar'), unit_id: unitId, jurisdiction_id: jurisdictionId, note, valid_from: from, valid_to: null })))
      .execute(),
  );
}
