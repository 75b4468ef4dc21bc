/** Prints how many `locate` per second one process answers for random points inside the packaged city. Run: `node packages/jurisdictions/scripts/bench-locate.ts [points]`. */
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandDefinition, execute, openDatabase } from '@baxing/db';
import { type Bounds, newCommandId, SYSTEM_ACTOR } from '@baxing/kernel';
import { DEFAULT_CITY_VALID_FROM, importAreas, importDivisions, importUnits, loadDefaultCity, placeCache } from '../src/server/index.ts';

const POINTS = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'baxing-locate-'));
const db = openDatabase({ dialect: 'sqlite', file: join(folder, 'baxing.sqlite') });
try {
  await db.migrate();
  await db.caches.load([placeCache]);
  const at = DEFAULT_CITY_VALID_FROM;
  const run = async <Input, Output, Raw>(command: CommandDefinition<Input, Output, Raw>, input: Input): Promise<void> => {
    const result = await execute(db, command, { commandId: newCommandId(at, (bytes) => void randomFillSync(bytes)), actor: SYSTEM_ACTOR, at, requestId: 'bench', origin: 'bench' }, input);
    if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  };
  const began = performance.now();
  const city = loadDefaultCity();
  for (const input of city.divisions) await run(importDivisions, input);
  for (const input of city.areas) await run(importAreas, input);
  await run(importUnits, city.units);
  console.log(`import of the city: ${Math.round(performance.now() - began)} ms`);

  const places = db.caches.get(placeCache);
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const cases: readonly [name: string, box: Bounds][] = [
    ['the whole city', [89.7, 29.2, 92.4, 31.1]],
    ['城关区 (grids)', [90.98, 29.54, 91.26, 29.8]],
  ];
  for (const [name, [west, south, east, north]] of cases) {
    const inside: number[] = [];
    while (inside.length < 2 * Math.min(POINTS, 200_000)) {
      const [x, y] = [west + (east - west) * random(), south + (north - south) * random()];
      if (places.locate(x, y, at)) inside.push(x, y);
    }
    for (let round = 0; round < 3; round += 1) {
      const start = performance.now();
      let found = 0;
      for (let i = 0; i < POINTS; i += 1) {
        const j = (2 * i) % inside.length;
        if (places.locate(inside[j]!, inside[j + 1]!, at)) found += 1;
      }
      const ms = performance.now() - start;
      console.log(`locate in ${name}: ${found} of ${POINTS} found, ${Math.round((POINTS / ms) * 1000).toLocaleString('en')} per second`);
    }
  }
} finally {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
}
