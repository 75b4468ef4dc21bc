/** Another process on the same store, for processes.test.ts: `migrate`, `write` one event, or `answer` events until it is killed. */
import { type DatabaseTarget, openDatabase, SecondWriterError } from '@baxing/db';
import { change, note } from './support.ts';

const [what, targetText] = process.argv.slice(2) as [string, string];
const target = JSON.parse(targetText) as DatabaseTarget;

const opened = async () => {
  for (let tries = 0; ; tries += 1)
    try {
      return openDatabase(target);
    } catch (fault) {
      if (!(fault instanceof SecondWriterError) || what !== 'migrate' || tries > 500) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
};

try {
  const db = await opened();
  if (what === 'migrate') for (const name of await db.migrate()) console.log(name);
  if (what === 'write') await change(db, (ctx) => note(ctx, 2));
  if (what === 'answer')
    for (let n = 1; ; n += 8)
      await Promise.all(
        Array.from({ length: 8 }, (_, i) => n + i).map(async (one) => {
          await change(db, (ctx) => note(ctx, one));
          console.log(`answered ${one}`);
        }),
      );
  await db.close();
} catch (fault) {
  if (!(fault instanceof SecondWriterError)) throw fault;
  console.log(fault.message);
  process.exitCode = 3;
}
