import { createCampaign } from '@baxing/campaigns/server';
import type { Database } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import { asSystem } from '../as-system.ts';

const NAME = '拉萨市城乡环境综合大整治';
/** 拉萨市人民政府通告, 2023-11-13. Its end and its phases are not published. */
const STARTS_AT = Date.parse('2023-11-13T00:00+08:00');

/** The campaign with its eight actions and their task forces; the plan itself is imported by the city office. */
export async function seedDemoCampaign(db: Database, at: number): Promise<void> {
  const there = await db.read.selectFrom('campaign').select('id').where('name', '=', NAME).executeTakeFirst();
  if (there) return;
  const city = db.caches.get(placeCache).city(at)!;
  await asSystem(db, at, createCampaign, { name: NAME, areaId: city.id, startsAt: STARTS_AT });
}
