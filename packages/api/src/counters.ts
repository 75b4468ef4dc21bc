import { type Database, readCounters } from '@baxing/db';
import { recountCampaignCounters } from '@baxing/campaigns/server';
import { recountTickets } from '@baxing/tickets/server';

export interface CounterDifference {
  readonly scope: string;
  readonly subject: string;
  readonly name: string;
  readonly stored: number;
  readonly counted: number;
}

/** Recounts everything that counters count and names each difference. An empty list is the proof. */
export async function recountAll(db: Database): Promise<{ counters: number; differences: CounterDifference[] }> {
  const counted = new Map([...(await recountTickets(db.read)), ...(await recountCampaignCounters(db.read))]);
  const scopes = new Set([...counted.keys()].map((key) => key.split('\n')[0]!));
  for (const { scope } of await db.read.selectFrom('counter').select('scope').distinct().execute()) scopes.add(scope);
  const stored = new Map<string, number>();
  for (const scope of scopes) for (const row of await readCounters(db.read, db.dialect, scope)) stored.set(`${scope}\n${row.subject}\n${row.name}`, row.value);
  const keys = new Set([...counted.keys(), ...stored.keys()]);
  const differences = [...keys].flatMap((key) => {
    const [scope, subject, name] = key.split('\n') as [string, string, string];
    const [storedValue, countedValue] = [stored.get(key) ?? 0, counted.get(key) ?? 0];
    return storedValue === countedValue ? [] : [{ scope, subject, name, stored: storedValue, counted: countedValue }];
  });
  return { counters: keys.size, differences };
}
