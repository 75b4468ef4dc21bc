import type { CommandContext } from '@baxing/db';
import type { PlaceIndex } from '@baxing/jurisdictions/server';
import { type Result, ok, refuse, toSteps, unitOfMeasure } from '@baxing/kernel';
import { groupOf } from '../plan/groups.ts';
import type { CreateTaskInput } from '../schemas.ts';
import type { NamedParty } from './task-units.ts';

/** What creating and updating a task read alike from their input. */

type TaskUnitInput = CreateTaskInput['responsible'][number];

/** @refuses VALIDATION {field, rule: UNIT | TWICE, unitId} */
export function readParties(places: PlaceIndex, at: number, field: 'responsible' | 'cooperating', inputs: readonly TaskUnitInput[]): Result<NamedParty[]> {
  const parties: NamedParty[] = [];
  for (const { unitId, text = '' } of inputs) {
    const unit = unitId === undefined ? null : places.unit(unitId, at);
    if (unitId !== undefined && !unit) return refuse('VALIDATION', { field, rule: 'UNIT', unitId });
    if (unit && parties.some((party) => party.unitId === unit.id)) return refuse('VALIDATION', { field, rule: 'TWICE', unitId });
    const kind = groupOf(text);
    parties.push(unit ? { unitId: unit.id, text: unit.name, groupKind: null } : { unitId: null, text, groupKind: kind === 'text' ? null : kind });
  }
  return ok(parties);
}

/** @refuses VALIDATION {field: target, rule: STEPS} */
export function readTarget(target: number | null, measure: string): Result<number | null> {
  if (target === null) return ok(null);
  const steps = toSteps(target, unitOfMeasure(measure));
  return steps === null ? refuse('VALIDATION', { field: 'target', rule: 'STEPS', measure }) : ok(steps);
}

/** @refuses NOT_FOUND {fileId} does not exist or was uploaded by another account */
export async function checkFiles(ctx: CommandContext, fileIds: readonly string[]): Promise<Result<null>> {
  if (fileIds.length === 0) return ok(null);
  const own = await ctx.tx
    .selectFrom('file')
    .select('id')
    .where('id', 'in', [...new Set(fileIds)])
    .where('uploaded_by', '=', ctx.actor.accountId)
    .execute();
  const missing = fileIds.find((id) => !own.some((file) => file.id === id));
  return missing === undefined ? ok(null) : refuse('NOT_FOUND', { fileId: missing });
}

/** Attachments are added, never taken away: what a task once showed stays with it. */
export async function addAttachments(ctx: CommandContext, taskId: string, attachments: CreateTaskInput['attachments']): Promise<Result<null>> {
  const present = new Set((await ctx.tx.selectFrom('task_attachment').select('file_id').where('task_id', '=', taskId).execute()).map((row) => row.file_id));
  const fresh = attachments.filter(({ fileId }) => !present.has(fileId));
  const files = await checkFiles(
    ctx,
    fresh.map(({ fileId }) => fileId),
  );
  if (!files.ok) return files;
  if (fresh.length > 0)
    await ctx.tx
      .insertInto('task_attachment')
      .values(fresh.map(({ fileId, name }) => ({ id: ctx.newId('tat'), task_id: taskId, file_id: fileId, name, added_at: ctx.at })))
      .execute();
  return ok(null);
}
