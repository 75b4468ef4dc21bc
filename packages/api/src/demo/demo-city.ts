import { importCalendar, loadDefaultCalendars, setOfficeHours } from '@baxing/clocks/server';
import { type Database, readSetting, writeSetting } from '@baxing/db';
import { DEMO_USER_NAMES, generatePassword, seedDemoAccounts, seedPolicy } from '@baxing/identity/server';
import { importAreas, importDivisions, importUnits, loadDefaultCity } from '@baxing/jurisdictions/server';
import { SYSTEM_ACTOR } from '@baxing/kernel';
import { importCategories, loadDefaultCategories } from '@baxing/tickets/server';
import { asSystem } from '../as-system.ts';
import { CACHES } from '../caches.ts';
import { seedDemoCampaign } from './demo-campaign.ts';

/**
 * The demonstration: Lhasa's places, units, calendars and categories, posts to sign in with, and a campaign whose plan is still to be imported.
 * Every step repeats without harm, so a start that was interrupted goes on with the next one.
 */
const STATE = 'demo.state';

export const isDemonstration = async (db: Database): Promise<boolean> => (await readSetting<string>(db.read, STATE)) !== null;

export const isDemoLoaded = async (db: Database): Promise<boolean> => (await readSetting<string>(db.read, STATE)) === 'loaded';

export const demoSignInNames = (): readonly string[] => DEMO_USER_NAMES;

export interface DemoOptions {
  /** Product time at which the demonstration begins, epoch ms. */
  readonly startsAt: number;
  /** Null: one is made. */
  readonly password: string | null;
  /** Told before any account has it. */
  readonly onPassword: (password: string) => void;
}

export async function loadDemoCity(db: Database, { startsAt, password, onPassword }: DemoOptions): Promise<void> {
  await db.caches.load(CACHES);
  await db.writer.run((tx) => writeSetting(tx, STATE, 'loading'));
  await asSystem(db, startsAt, seedPolicy, {});
  const calendars = await loadDefaultCalendars();
  for (const years of calendars.imports) await asSystem(db, startsAt, importCalendar, years);
  for (const hours of calendars.officeHours) await asSystem(db, startsAt, setOfficeHours, hours);
  const city = loadDefaultCity();
  for (const divisions of city.divisions) await asSystem(db, startsAt, importDivisions, divisions);
  for (const areas of city.areas) await asSystem(db, startsAt, importAreas, areas);
  await asSystem(db, startsAt, importUnits, city.units);
  await asSystem(db, startsAt, importCategories, await loadDefaultCategories());
  await seedDemoCampaign(db, startsAt);
  const secret = password ?? generatePassword('');
  onPassword(secret);
  await seedDemoAccounts(db, { actor: SYSTEM_ACTOR, at: startsAt, requestId: 'demo', origin: 'cli' }, secret);
  await db.writer.run((tx) => writeSetting(tx, STATE, 'loaded'));
}
