import { unitKindLabel } from '#lib/labels.ts';
import { api } from '#lib/api.ts';
import { idOf } from '#lib/ids.ts';
import { type Resource, resource } from '#lib/resource.svelte.ts';
import type { TaskRow, Unit } from '#lib/plan/types.ts';

const PAGE = 200;

/** Every task of a campaign that the post may see, in the order of the plan: a plan has some hundreds, filters work on all of them at once. */
export async function allTasks(campaignId: string): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await api.tasks.list.query({ campaignId: idOf('cmp', campaignId), limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.rows);
    if (page.next === null) return rows;
    cursor = page.next;
  }
}

/** The register of units, for choices by name. */
export const unitRegister = (): Resource<readonly Unit[]> => resource(async () => (await api.units.list.query({})).items, ['unit']);

export const unitOptions = (units: readonly Unit[] | null): { value: string; label: string }[] =>
  (units ?? []).map((unit) => ({ value: unit.id, label: `${unit.name}（${unitKindLabel(unit.kind)}）` }));
