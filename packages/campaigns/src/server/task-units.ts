import type { CommandContext } from '@baxing/db';
import type { GroupKind } from '../plan/groups.ts';

/** Who a task names, as it is stored. */
export interface NamedParty {
  readonly unitId: string | null;
  readonly text: string;
  readonly groupKind: Exclude<GroupKind, 'text'> | null;
}

export interface NamedParties {
  readonly responsible: readonly NamedParty[];
  readonly cooperating: readonly NamedParty[];
}

const ROWS_PER_INSERT = 200;

/** Writes the parties of new or changed tasks; the task's event holds what they were. */
export async function writeTaskUnits(
  ctx: CommandContext,
  tasks: readonly { readonly taskId: string; readonly parties: NamedParties; readonly groupAreaId: string }[],
  replace: boolean,
): Promise<void> {
  if (replace) for (const { taskId } of tasks) await ctx.tx.deleteFrom('task_unit').where('task_id', '=', taskId).execute();
  const rows = tasks.flatMap(({ taskId, parties, groupAreaId }) =>
    [...parties.responsible.map((party) => ['responsible', party] as const), ...parties.cooperating.map((party) => ['cooperating', party] as const)].map(([duty, party], ordinal) => ({
      id: ctx.newId('tku'),
      task_id: taskId,
      duty,
      unit_id: party.unitId,
      text: party.text,
      group_kind: party.groupKind,
      group_area_id: party.groupKind === null ? null : groupAreaId,
      ordinal,
    })),
  );
  for (let i = 0; i < rows.length; i += ROWS_PER_INSERT)
    await ctx.tx
      .insertInto('task_unit')
      .values(rows.slice(i, i + ROWS_PER_INSERT))
      .execute();
}

/** One line per party; equal for equal parties, whatever their order. */
export const partyKey = (party: NamedParty): string => party.unitId ?? (party.groupKind === null ? `text ${party.text}` : `group ${party.groupKind}`);
export const partiesKey = ({ responsible, cooperating }: NamedParties): string => JSON.stringify([responsible.map(partyKey).sort(), cooperating.map(partyKey).sort()]);
