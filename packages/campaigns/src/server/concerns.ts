import type { Reader } from '@baxing/db';
import type { PlaceIndex } from '@baxing/jurisdictions/server';
import { type GroupMemberKind, groupMembers } from './register.ts';
import type { TaskRow } from './rows.ts';

/** Who a task concerns, group words resolved at the instant asked about. */
export interface Party {
  readonly unitId: string;
  /** The group word that brought the unit in; null = named. */
  readonly via: string | null;
}

export interface TaskConcern {
  readonly lead: string | null;
  readonly responsible: readonly Party[];
  readonly cooperating: readonly Party[];
  /** Names that the register does not know, and communities. */
  readonly texts: readonly { readonly duty: string; readonly text: string; readonly members: number }[];
  /** Every unit named or holding an assignment. */
  readonly units: ReadonlySet<string>;
}

const CHUNK = 200;

export async function concernsOf(reader: Reader, places: PlaceIndex, at: number, tasks: readonly Pick<TaskRow, 'id' | 'lead_unit_id'>[]): Promise<Map<string, TaskConcern>> {
  const rows: { task_id: string; duty: string; unit_id: string | null; text: string; group_kind: string | null; group_area_id: string | null }[] = [];
  const holders: { task_id: string; unit_id: string }[] = [];
  for (let i = 0; i < tasks.length; i += CHUNK) {
    const ids = tasks.slice(i, i + CHUNK).map((task) => task.id);
    rows.push(
      ...(await reader
        .selectFrom('task_unit')
        .select(['task_id', 'duty', 'unit_id', 'text', 'group_kind', 'group_area_id'])
        .where('task_id', 'in', ids)
        .orderBy('task_id')
        .orderBy('ordinal')
        .execute()),
    );
    holders.push(...(await reader.selectFrom('assignment').select(['task_id', 'unit_id']).distinct().where('task_id', 'in', ids).execute()));
  }
  const groups = new Map<string, string[]>();
  const members = (kind: string, areaId: string): string[] => {
    const key = `${kind} ${areaId}`;
    const known = groups.get(key) ?? groupMembers(places, kind as GroupMemberKind, areaId, at);
    groups.set(key, known);
    return known;
  };
  const made = new Map<string, { lead: string | null; responsible: Party[]; cooperating: Party[]; texts: { duty: string; text: string; members: number }[]; units: Set<string> }>(
    tasks.map((task) => [task.id, { lead: task.lead_unit_id, responsible: [], cooperating: [], texts: [], units: new Set(task.lead_unit_id === null ? [] : [task.lead_unit_id]) }]),
  );
  // Named units before groups, so that who is named counts as named.
  for (const row of [...rows.filter((r) => r.group_kind === null), ...rows.filter((r) => r.group_kind !== null)]) {
    const concern = made.get(row.task_id)!;
    const list = row.duty === 'responsible' ? concern.responsible : concern.cooperating;
    const found = row.unit_id !== null ? [row.unit_id] : row.group_kind !== null ? members(row.group_kind, row.group_area_id!) : [];
    if (row.unit_id === null && (row.group_kind === null || row.group_kind === 'community')) {
      concern.texts.push({ duty: row.duty, text: row.text, members: found.length });
      continue;
    }
    for (const unitId of found) {
      if (list.some((party) => party.unitId === unitId)) continue;
      list.push({ unitId, via: row.unit_id === null ? row.text : null });
      concern.units.add(unitId);
    }
  }
  for (const { task_id, unit_id } of holders) made.get(task_id)!.units.add(unit_id);
  return made;
}
