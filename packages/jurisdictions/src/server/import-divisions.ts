import { type CommandContext, defineCommand } from '@baxing/db';
import { ok } from '@baxing/kernel';
import { type FileFinding, refuseFile } from '../findings.ts';
import { JURISDICTION_KINDS, PARENT_KIND } from '../kinds.ts';
import { type DivisionRow, divisionsImportSchema } from '../schemas.ts';
import { inChunks } from './chunks.ts';
import { type PlaceRows, placeCache, readPlaceRows } from './places.ts';
import { lockRegister } from './register-lock.ts';

export interface ImportCounts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

interface Known {
  readonly id: string;
  readonly kind: string;
}

/**
 * Adds places by their codes in one edition, effective-dated: an unknown code makes a place; a known one with another name or parent closes
 * the present term at `validFrom` and opens the next. A place that the file does not name is left alone. The same file twice changes nothing.
 * @refuses VALIDATION {findings} (line = row number in `rows`): PARENT_UNKNOWN, PARENT_KIND, CITY_EXISTS, KIND_DIFFERS, TERM_NOT_OPEN (the change would begin
 * before what is known, or in a term that already ends), CODE_TAKEN (a further code belongs to another place)
 */
export const importDivisions = defineCommand({
  name: 'divisions.import',
  input: divisionsImportSchema,
  run: async (ctx, input) => {
    await lockRegister(ctx);
    const rows = await readPlaceRows(ctx.tx);
    const holds = (row: { valid_from: number; valid_to: number | null }): boolean => row.valid_from <= input.validFrom && (row.valid_to === null || input.validFrom < row.valid_to);
    const lives = new Map(rows.jurisdictions.map((row) => [row.id, row]));
    const termsOf = Map.groupBy(rows.terms, (term) => term.jurisdiction_id);
    const byCode = codeBook(rows, input.codes, lives);
    const parents = input.parentCodes.source === input.codes.source && input.parentCodes.edition === input.codes.edition ? byCode : codeBook(rows, input.parentCodes, lives);

    const findings: FileFinding[] = [];
    const made: { row: DivisionRow; id: string; parentId: string | null }[] = [];
    const moved: { row: DivisionRow; id: string; parentId: string | null; wasName: string; wasParentId: string | null }[] = [];
    const newCodes: { id: string; code: string }[] = [];
    let cityId = rows.jurisdictions.find((row) => row.kind === 'city' && row.valid_to === null)?.id ?? null;
    let unchanged = 0;

    const inOrder = input.rows.map((row, i) => ({ row, line: i + 1 })).sort((a, b) => JURISDICTION_KINDS.indexOf(a.row.kind) - JURISDICTION_KINDS.indexOf(b.row.kind) || a.line - b.line);
    for (const { row, line } of inOrder) {
      const find = (column: string, rule: string): void => void findings.push({ line, column, rule, value: row.code });
      const parent = row.parentCode === null ? null : parents.get(row.parentCode);
      if (parent === undefined) {
        find('parentCode', 'PARENT_UNKNOWN');
        continue;
      }
      if ((parent?.kind ?? null) !== PARENT_KIND[row.kind]) {
        find('parentCode', 'PARENT_KIND');
        continue;
      }
      const parentId = parent?.id ?? null;
      const known = byCode.get(row.code);
      if (!known) {
        if (row.kind === 'city' && cityId !== null) {
          find('code', 'CITY_EXISTS');
          continue;
        }
        const id = ctx.newId('jur');
        if (row.kind === 'city') cityId = id;
        made.push({ row, id, parentId });
        for (const code of [row.code, ...row.alsoCodes]) {
          if (byCode.has(code)) find('alsoCodes', 'CODE_TAKEN');
          byCode.set(code, { id, kind: row.kind });
          newCodes.push({ id, code });
        }
        continue;
      }
      if (known.kind !== row.kind) {
        find('kind', 'KIND_DIFFERS');
        continue;
      }
      for (const code of row.alsoCodes) {
        const owner = byCode.get(code);
        if (owner && owner.id !== known.id) find('alsoCodes', 'CODE_TAKEN');
        if (!owner) {
          byCode.set(code, known);
          newCodes.push({ id: known.id, code });
        }
      }
      const term = termsOf.get(known.id)?.find(holds);
      if (term?.name === row.name && term.parent_id === parentId) unchanged += 1;
      else if (!term || term.valid_to !== null || term.valid_from === input.validFrom) find('name', 'TERM_NOT_OPEN');
      else moved.push({ row, id: known.id, parentId, wasName: term.name, wasParentId: term.parent_id });
    }
    if (findings.length > 0) return refuseFile(findings);

    await inChunks(made, (chunk) =>
      ctx.tx
        .insertInto('jurisdiction')
        .values(chunk.map(({ row, id }) => ({ id, kind: row.kind, layer: row.kind === 'zone' ? 'zone' : 'territorial', synthetic: input.synthetic ? 1 : 0, valid_from: input.validFrom, valid_to: null, version: 1 })))
        .execute(),
    );
    for (const { id } of moved) {
      await ctx.tx.updateTable('jurisdiction_term').set({ valid_to: input.validFrom }).where('jurisdiction_id', '=', id).where('valid_to', 'is', null).execute();
      await ctx.tx
        .updateTable('jurisdiction')
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .where('id', '=', id)
        .execute();
    }
    await inChunks([...made, ...moved], (chunk) =>
      ctx.tx
        .insertInto('jurisdiction_term')
        .values(chunk.map(({ row, id, parentId }) => ({ id: ctx.newId('jtm'), jurisdiction_id: id, name: row.name, parent_id: parentId, ordinal: row.ordinal, valid_from: input.validFrom, valid_to: null })))
        .execute(),
    );
    await inChunks(newCodes, (chunk) =>
      ctx.tx
        .insertInto('jurisdiction_code')
        .values(chunk.map(({ id, code }) => ({ id: ctx.newId('jcd'), jurisdiction_id: id, ...input.codes, code, valid_from: input.validFrom, valid_to: null })))
        .execute(),
    );
    const counts: ImportCounts = { created: made.length, changed: moved.length, unchanged };
    if (made.length + moved.length + newCodes.length > 0) {
      recordImport(ctx, 'divisions.imported', cityId, { codes: input.codes, validFrom: input.validFrom, ...counts, changes: moved.map(({ id, row, parentId, wasName, wasParentId }) => ({ id, name: row.name, parentId, wasName, wasParentId })) });
      ctx.invalidate(placeCache);
    }
    return ok(counts);
  },
});

/** Present owners of the codes of one edition. */
function codeBook(rows: PlaceRows, edition: { source: string; edition: string }, lives: ReadonlyMap<string, Known>): Map<string, Known> {
  const book = new Map<string, Known>();
  for (const row of rows.codes) if (row.source === edition.source && row.edition === edition.edition && row.valid_to === null) book.set(row.code, { id: row.jurisdiction_id, kind: lives.get(row.jurisdiction_id)!.kind });
  return book;
}

/** One event per import: who loaded what, with everything that was known before and changed. */
export function recordImport(ctx: CommandContext, type: string, cityId: string | null, data: Readonly<Record<string, unknown>>): void {
  ctx.record({ type, subject: 'jurisdiction', subjectId: cityId ?? 'none', scope: cityId ? { areaPath: `/${cityId}/` } : {}, data });
}
