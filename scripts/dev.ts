/** `npm run dev`: the server with Vite inside; the portal reloads by itself, a change of server code starts the process again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, watch } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const QUIET_MS = 150;
/** Open streams may keep the old one; what it has answered is stored. */
const GRACE_MS = 1000;
// Not `node --watch`: it would follow the modules that Vite writes for itself and start again for ever.
const WATCHED = [
  'apps/server/src',
  ...readdirSync(`${ROOT}packages`)
    .filter((name) => name !== 'ui' && name !== 'testing')
    .map((name) => `packages/${name}/src`),
];

let child: ChildProcess;
let restarting = false;
let leaving = false;

function start(): void {
  restarting = false;
  child = spawn(process.execPath, ['--import', './scripts/leave-with-parent.mjs', 'apps/server/src/main.ts', '--dev', ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.once('exit', (code) => {
    if (leaving) process.exit(code ?? 0);
    if (restarting) start();
    else console.error('baxing: the server ended; it starts again with the next change');
  });
}

function restart(): void {
  if (child.exitCode !== null || child.signalCode !== null) start();
  else if (!restarting) {
    restarting = true;
    const old = child;
    old.kill('SIGTERM');
    setTimeout(() => old.kill('SIGKILL'), GRACE_MS);
  }
}

let quiet: NodeJS.Timeout | undefined;
for (const folder of WATCHED)
  watch(`${ROOT}${folder}`, { recursive: true }, (_event, name) => {
    if (name === null || !/\.(ts|csv|json)$/.test(name)) return;
    clearTimeout(quiet);
    quiet = setTimeout(restart, QUIET_MS);
  });

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => {
    leaving = true;
    if (child.exitCode !== null || child.signalCode !== null) process.exit(0);
    // A terminal sends SIGINT to the whole group: the child has it already.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill('SIGTERM');
  });

start();
