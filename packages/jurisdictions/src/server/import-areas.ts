import { defineCommand } from '@baxing/db';
import { boundsOf, ok } from '@baxing/kernel';
import { type FileFinding, refuseFile } from '../findings.ts';
import { areasImportSchema } from '../schemas.ts';
import { shapeAreaSquareMetres } from '../shape.ts';
import { inChunks } from './chunks.ts';
import { type ImportCounts, recordImport } from './import-divisions.ts';
import { PlaceIndex } from './place-index.ts';
import { placeCache, readPlaceRows } from './places.ts';
import { lockRegister } from './register-lock.ts';

/**
 * Gives places their borders from `validFrom` on; a border that differs from the present one closes it at that instant. The same file twice changes nothing.
 * Whether neighbours fit together is not asked here: a plan of a new boundary checks that (takeovers).
 * @refuses VALIDATION {findings} (line = row number in `areas`): CODE_UNKNOWN, AREA_NOT_OPEN (the change would begin before what is known)
 */
export const importAreas = defineCommand({
  name: 'areas.import',
  input: areasImportSchema,
  run: async (ctx, input) => {
    await lockRegister(ctx);
    const rows = await readPlaceRows(ctx.tx);
    const places = new PlaceIndex(rows);
    const areasOf = Map.groupBy(rows.areas, (row) => row.jurisdiction_id);
    const findings: FileFinding[] = [];
    const fresh: { id: string; area: (typeof input.areas)[number] }[] = [];
    const closed: string[] = [];
    let unchanged = 0;
    for (const [i, area] of input.areas.entries()) {
      const find = (rule: string): void => void findings.push({ line: i + 1, column: 'code', rule, value: area.code });
      const place = places.byCode(input.codes.source, input.codes.edition, area.code, input.validFrom);
      if (!place) {
        find('CODE_UNKNOWN');
        continue;
      }
      const dated = areasOf.get(place.id) ?? [];
      const present = dated.find((row) => row.valid_from <= input.validFrom && (row.valid_to === null || input.validFrom < row.valid_to));
      if (present && JSON.stringify(present.shape) === JSON.stringify(area.shape)) unchanged += 1;
      else if (dated.some((row) => row.valid_from >= input.validFrom) || (present && present.valid_to !== null)) find('AREA_NOT_OPEN');
      else {
        if (present) closed.push(place.id);
        fresh.push({ id: place.id, area });
      }
    }
    if (findings.length > 0) return refuseFile(findings);
    await inChunks(closed, (chunk) => ctx.tx.updateTable('jurisdiction_area').set({ valid_to: input.validFrom }).where('jurisdiction_id', 'in', chunk).where('valid_to', 'is', null).execute());
    await inChunks(fresh, (chunk) =>
      ctx.tx
        .insertInto('jurisdiction_area')
        .values(
          chunk.map(({ id, area: { shape } }) => {
            const [west, south, east, north] = boundsOf(shape);
            return {
              id: ctx.newId('jar'),
              jurisdiction_id: id,
              shape: JSON.stringify(shape),
              area_m2: shapeAreaSquareMetres(shape),
              west,
              south,
              east,
              north,
              synthetic: input.synthetic ? 1 : 0,
              source: input.source,
              valid_from: input.validFrom,
              valid_to: null,
            };
          }),
        )
        .execute(),
    );
    const counts: ImportCounts = { created: fresh.length - closed.length, changed: closed.length, unchanged };
    if (fresh.length > 0) {
      recordImport(ctx, 'areas.imported', places.city(input.validFrom)?.id ?? null, { codes: input.codes, source: input.source, validFrom: input.validFrom, ...counts, changedIds: closed });
      ctx.invalidate(placeCache);
    }
    return ok(counts);
  },
});
