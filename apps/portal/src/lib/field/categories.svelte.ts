import { api, type Outputs } from '#lib/api.ts';
import { clock } from '#lib/clock.svelte.ts';
import { readNow, recall } from './reads.ts';

/** Categories and filing standards, from the phone's copy until the server has answered. */
export type Category = Outputs['categories']['list']['categories'][number];
export type Standard = Category['standards'][number];

/** The list is large and rarely changes: a copy this young will do unless a change was heard of. */
const GOOD_FOR_MS = 12 * 3_600_000;

let list = $state.raw<readonly Category[]>([]);
let asked = false;
const byId = $derived(new Map(list.map((category) => [category.id, category])));

export const categories = {
  get list(): readonly Category[] {
    return list;
  },
  get: (id: string): Category | undefined => byId.get(id),
  name: (id: string): string | null => byId.get(id)?.minorName ?? null,
  standard: (categoryId: string, standardId: string): Standard | undefined => byId.get(categoryId)?.standards.find((one) => one.id === standardId),
  /** Once per visit, again when they have changed. */
  async load(again = false): Promise<void> {
    if (asked && !again) return;
    asked = true;
    const copy = list.length === 0 ? await recall<Outputs['categories']['list']>('categories') : null;
    if (copy) list = copy.value.categories;
    if (copy && !again && clock.exact() - copy.savedAt < GOOD_FOR_MS) return;
    const answer = await readNow('categories', () => api.categories.list.query({}));
    if (answer.ok) list = answer.reading.value.categories;
    else asked = false;
  },
};
