import { defineCommand } from '@baxing/db';
import { ok, refuse } from '@baxing/kernel';
import { setUnitAreaSchema } from '../schemas.ts';
import { insertUnitAreas } from './import-units.ts';
import { PlaceIndex } from './place-index.ts';
import { placeCache, readPlaceRows } from './places.ts';

/**
 * From an instant on, a unit answers for exactly the named places; what it answered for before stays readable as of then.
 * @refuses NOT_FOUND the unit; CONFLICT {version} it changed meanwhile; VALIDATION {field: 'jurisdictionId', value} unknown at that instant or named twice;
 * WRONG_STATE {from} a later change is already known
 */
export const setUnitArea = defineCommand({
  name: 'units.setArea',
  input: setUnitAreaSchema,
  run: async (ctx, input) => {
    const unit = await ctx.tx
      .updateTable('unit')
      .set({ version: input.version + 1 })
      .where('id', '=', input.unitId)
      .where('version', '=', input.version)
      .returning(['id', 'name'])
      .executeTakeFirst();
    if (!unit) {
      const present = await ctx.tx.selectFrom('unit').select('version').where('id', '=', input.unitId).executeTakeFirst();
      return present ? refuse('CONFLICT', { version: present.version }) : refuse('NOT_FOUND', {});
    }
    const rows = await readPlaceRows(ctx.tx);
    const places = new PlaceIndex(rows);
    const wanted = new Map(input.areas.map((area) => [area.jurisdictionId as string, area.note]));
    if (wanted.size < input.areas.length) return refuse('VALIDATION', { field: 'jurisdictionId', value: 'repeated' });
    for (const id of wanted.keys()) if (!places.jurisdiction(id, input.from)) return refuse('VALIDATION', { field: 'jurisdictionId', value: id });
    const own = rows.unitAreas.filter((row) => row.unit_id === input.unitId);
    const present = own.filter((row) => row.valid_to === null);
    const kept = present.filter((row) => wanted.get(row.jurisdiction_id) === row.note);
    const ended = present.filter((row) => !kept.includes(row));
    if (own.some((row) => (row.valid_to ?? 0) > input.from) || present.some((row) => row.valid_from > input.from) || ended.some((row) => row.valid_from === input.from)) return refuse('WRONG_STATE', { from: input.from });
    const fresh = [...wanted].filter(([id]) => !kept.some((row) => row.jurisdiction_id === id)).map(([jurisdictionId, note]) => ({ unitId: input.unitId, jurisdictionId, note }));
    for (const row of ended)
      await ctx.tx.updateTable('unit_area').set({ valid_to: input.from }).where('unit_id', '=', input.unitId).where('jurisdiction_id', '=', row.jurisdiction_id).where('valid_to', 'is', null).execute();
    await insertUnitAreas(ctx, fresh, input.from);
    ctx.record({
      type: 'unit.areaSet',
      subject: 'unit',
      subjectId: input.unitId,
      scope: { units: [input.unitId] },
      data: { name: unit.name, from: input.from, added: fresh.map(({ jurisdictionId }) => jurisdictionId), ended: ended.map((row) => row.jurisdiction_id) },
    });
    ctx.invalidate(placeCache);
    return ok({ version: input.version + 1 });
  },
});
