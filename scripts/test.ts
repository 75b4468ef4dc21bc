/**
 * The gate behind `npm test`: every check of the product, each under its heading with its time, and a last line that a machine can read:
 * `N passed, N failed`. `npm test -- unit browser` runs only the named steps.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REPORTS = `${ROOT}.cache/test-reports`;
const MINUTE_MS = 60_000;

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly minutesMax: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What the tool counted itself; without it the step counts for nothing when it passes and for one failure when it does not. */
  readonly counts?: () => Counts;
}

const report = (name: string): unknown => JSON.parse(readFileSync(`${REPORTS}/${name}.json`, 'utf8'));

function vitestCounts(): Counts {
  const { numPassedTests, numFailedTests, numFailedTestSuites, success } = report('unit') as { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number; success: boolean };
  return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites > 0 || !success ? 1 : 0) };
}

function playwrightCounts(): Counts {
  const { stats, errors } = report('browser') as { stats: { expected: number; unexpected: number; flaky: number }; errors: unknown[] };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length };
}

const types: Step = { name: 'types', command: ['tsc', '-p', 'tsconfig.json'], minutesMax: 3 };
const portal: Step = { name: 'portal', command: ['turbo', 'run', 'check', 'build', '--concurrency=1', '--output-logs=errors-only', '--no-update-notifier', '--continue'], minutesMax: 8 };
const lint: Step = { name: 'lint', command: ['oxlint', '--deny-warnings'], minutesMax: 2 };
const svelte: Step = { name: 'lint .svelte', command: ['eslint', '--max-warnings', '0', 'apps/portal/src/**/*.svelte', 'packages/ui/src/**/*.svelte'], minutesMax: 3 };
const boundaries: Step = { name: 'boundaries', command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'packages', 'scripts'], minutesMax: 3 };
const unit: Step = {
  name: 'unit',
  command: ['vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${REPORTS}/unit.json`],
  minutesMax: 12,
  counts: vitestCounts,
};
const browser: Step = {
  name: 'browser',
  command: ['apps/server/node_modules/.bin/playwright', 'test', '--config', 'apps/server/test/browser/playwright.config.ts'],
  minutesMax: 14,
  env: { PLAYWRIGHT_JSON_OUTPUT_FILE: `${REPORTS}/browser.json` },
  counts: playwrightCounts,
};

/** Stages run one after another; the lanes of a stage side by side, each lane in order. Two lanes: the gate is made for two cores. */
const STAGES: readonly (readonly (readonly Step[])[])[] = [[[types, lint, svelte, boundaries], [portal]], [[unit]], [[browser]]];

interface Outcome extends Counts {
  readonly name: string;
  readonly ms: number;
}

const running = new Set<ChildProcess>();

/** The step's whole process group: a test runner leaves nothing behind when its time is up. */
function stop(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // It is gone already.
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    for (const child of running) stop(child, 'SIGTERM');
    process.exit(130);
  });

function run(step: Step): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const [command, ...args] = step.command;
    const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', CI: '1', ...step.env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    running.add(child);
    let output = '';
    let late = false;
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const limit = setTimeout(() => {
      late = true;
      stop(child, 'SIGTERM');
      setTimeout(() => stop(child, 'SIGKILL'), 5000).unref();
    }, step.minutesMax * MINUTE_MS);
    const finish = (code: number | null, fault?: string): void => {
      clearTimeout(limit);
      running.delete(child);
      const ms = performance.now() - began;
      const outcome = { name: step.name, ms, ...countsOf(step, code === 0 && !late) };
      const verdict = outcome.failed > 0 ? 'FAILED' : 'ok';
      console.log(`\n== ${step.name}: ${verdict}, ${(ms / 1000).toFixed(1)} s${late ? `, stopped after ${step.minutesMax} minutes` : ''}${fault ? `, ${fault}` : ''}`);
      if (outcome.failed > 0 || step.counts) console.log(output.trim());
      resolve(outcome);
    };
    child.on('error', (error) => finish(1, error.message));
    child.on('close', (code) => finish(code));
  });
}

/** A tool that failed or died without counting a failure has failed once. */
function countsOf(step: Step, clean: boolean): Counts {
  let counts: Counts = { passed: 0, failed: 0 };
  try {
    counts = step.counts?.() ?? counts;
  } catch {
    return { passed: 0, failed: 1 };
  }
  return clean ? counts : { passed: counts.passed, failed: Math.max(1, counts.failed) };
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const known = STAGES.flat(2).map((step) => step.name);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`no step ${unknown.join(', ')}; there are: ${known.join(', ')}`);
    process.exit(2);
  }
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const began = performance.now();
  const outcomes: Outcome[] = [];
  for (const lanes of STAGES)
    await Promise.all(
      lanes.map(async (steps) => {
        for (const step of steps) if (wanted.length === 0 || wanted.includes(step.name)) outcomes.push(await run(step));
      }),
    );
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  console.log(
    `\n== all in ${Math.round((performance.now() - began) / 1000)} s: ${outcomes.map((outcome) => `${outcome.name} ${(outcome.ms / 1000).toFixed(1)} s${outcome.failed > 0 ? ' FAILED' : ''}`).join(', ')}`,
  );
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || (wanted.length === 0 && passed === 0) ? 1 : 0;
}

await main();
