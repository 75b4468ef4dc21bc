import type { UnitKind } from '@baxing/jurisdictions';
import { keyOfName } from './names.ts';

/** Words that mean every unit (or every community) of a kind inside the lead's area; `text` names nobody in particular and stays text. */
export type GroupKind = UnitKind | 'community' | 'text';

export const GROUP_WORDS: Readonly<Record<string, GroupKind>> = {
  各街道办事处: 'street_office',
  各街道办: 'street_office',
  各街道: 'street_office',
  各办事处: 'street_office',
  各社区: 'community',
  各社区居委会: 'community',
  '各村(社区)': 'community',
  各县区: 'district_government',
  '各县(区)': 'district_government',
  各区县: 'district_government',
  各县区政府: 'district_government',
  '各县(区)政府': 'district_government',
  各派出所: 'station',
  各园区: 'park',
  各园区管委会: 'park',
  各产权单位: 'text',
  各相关单位: 'text',
  各有关单位: 'text',
  各成员单位: 'text',
};

const KINDS: ReadonlyMap<string, GroupKind> = new Map(Object.entries(GROUP_WORDS));

/** Of a name's key. */
export const groupOfKey = (key: string): GroupKind | null => KINDS.get(key) ?? null;
export const groupOf = (name: string): GroupKind | null => groupOfKey(keyOfName(name));
