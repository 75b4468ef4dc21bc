import { api, type Outputs } from '#lib/api.ts';
import { idOf } from '#lib/ids.ts';
import { live } from '#lib/live.svelte.ts';
import { session } from '#lib/session.svelte.ts';

/** Names behind the ids of tickets: categories with their standards, units, places, and the workers of a unit when they are first asked for. */
export type Category = Outputs['categories']['list']['categories'][number];
export type Standard = Category['standards'][number];
export type Unit = Outputs['units']['list']['items'][number];
export type Place = Outputs['jurisdictions']['list']['items'][number];
export type Post = Outputs['posts']['list']['rows'][number];

interface Known {
  readonly categories: readonly Category[];
  readonly category: ReadonlyMap<string, Category>;
  readonly standard: ReadonlyMap<string, Standard>;
  readonly units: readonly Unit[];
  readonly unit: ReadonlyMap<string, Unit>;
  readonly streets: readonly Place[];
  readonly grids: readonly Place[];
  readonly place: ReadonlyMap<string, Place>;
  readonly actions: readonly { readonly code: string; readonly name: string }[];
}

const PLACES_MAX = 1000;
const POSTS_MAX = 500;
/** Posts that take tickets in person. */
const WORKER_ROLES = ['grid_worker', 'officer'] as const;

let known = $state.raw<Known | null>(null);
let workers = $state.raw<ReadonlyMap<string, readonly Post[]>>(new Map());
let loading: Promise<Known> | null = null;
const asked = new Set<string>();

async function places(kind: Place['kind']): Promise<Place[]> {
  const items: Place[] = [];
  let after: string | undefined;
  do {
    const page = await api.jurisdictions.list.query({ kind, limit: PLACES_MAX, ...(after ? { after: idOf('jur', after) } : {}) });
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after);
  return items;
}

/** Actions of the newest campaign; none for a post that may not read campaigns. */
async function actionsOfCampaign(): Promise<Known['actions']> {
  if (!session.may('campaigns.list') || !session.may('campaigns.get')) return [];
  const newest = (await api.campaigns.list.query({ limit: 1 })).rows[0];
  if (!newest) return [];
  const { actions } = await api.campaigns.get.query({ campaignId: idOf('cmp', newest.campaignId) });
  return actions.map(({ code, name }) => ({ code, name }));
}

async function load(): Promise<Known> {
  const [{ categories }, { items: units }, districts, streets, grids, actions] = await Promise.all([
    api.categories.list.query({ activeOnly: false }),
    api.units.list.query({}),
    places('district'),
    places('street'),
    places('grid'),
    actionsOfCampaign(),
  ]);
  known = {
    categories,
    category: new Map(categories.map((category) => [category.id, category])),
    standard: new Map(categories.flatMap((category) => category.standards.map((standard) => [standard.id, standard] as const))),
    units,
    unit: new Map(units.map((unit) => [unit.id, unit])),
    streets,
    grids,
    place: new Map([...districts, ...streets, ...grids].map((place) => [place.id, place])),
    actions,
  };
  return known;
}

async function loadWorkers(unitId: string): Promise<void> {
  try {
    const lists = await Promise.all(WORKER_ROLES.map((role) => api.posts.list.query({ unitId: idOf('unt', unitId), role, limit: POSTS_MAX })));
    workers = new Map(workers).set(
      unitId,
      lists.flatMap((list) => list.rows),
    );
  } catch {
    // Names only: asked again when the next row needs them.
    asked.delete(unitId);
  }
}

export const reference = {
  get known(): Known | null {
    return known;
  },
  /** @throws when the server does not answer */
  load(): Promise<Known> {
    if (known) return Promise.resolve(known);
    loading ??= load().finally(() => {
      loading = null;
    });
    return loading;
  },
  /** Loads now, and again whenever an administrator changes the register: `$effect(() => reference.watch())`. */
  watch(): () => void {
    reference.load().catch(() => {});
    return live.on(['category', 'unit', 'jurisdiction', 'campaign'], () => {
      void load().catch(() => {});
    });
  },
  /** The unit's workers; null while they are on their way. */
  workersOf(unitId: string): readonly Post[] | null {
    if (!asked.has(unitId)) {
      asked.add(unitId);
      void loadWorkers(unitId);
    }
    return workers.get(unitId) ?? null;
  },
  /** Someone else signed in: posts are seen by role. */
  forgetWorkers(): void {
    asked.clear();
    workers = new Map();
  },

  categoryName: (id: string): string => known?.category.get(id)?.minorName ?? '',
  /** 事件 · 宣传广告 · 非法小广告 */
  categoryPath(id: string): string {
    const category = known?.category.get(id);
    return category ? `${category.class} · ${category.majorName} · ${category.minorName}` : '';
  },
  unitName: (id: string | null): string => (id === null ? '' : (known?.unit.get(id)?.shortName ?? '')),
  placeName: (id: string | null): string => (id === null ? '' : (known?.place.get(id)?.name ?? '')),
  workerName(unitId: string | null, postId: string | null): string {
    if (unitId === null || postId === null) return '';
    const post = reference.workersOf(unitId)?.find((one) => one.postId === postId);
    return post ? `${post.workNumber} ${post.title}` : '';
  },
};
