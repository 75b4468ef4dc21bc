import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { here } from './processes.ts';

/** `npm run soak [-- --times 200]`: what is too long for the gate. Crash runs on both databases, then the benchmark with its million rows. */
const { values } = parseArgs({ options: { times: { type: 'string', default: '200' } } });

const runs: readonly (readonly [string, readonly string[]])[] = [
  ['./crash.ts', ['--times', values.times, '--db', 'sqlite']],
  ['./crash.ts', ['--times', values.times, '--db', 'pg']],
  ['./bench.ts', []],
];

for (const [script, args] of runs) {
  const code = await new Promise<number>((resolve) => {
    spawn(process.execPath, [here(script), ...args], { stdio: 'inherit' }).on('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  if (code !== 0) {
    process.exitCode = code;
    break;
  }
}
