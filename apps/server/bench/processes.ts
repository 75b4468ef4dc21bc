import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Starts and ends the processes under measurement. Only what was started here is ended, by its own handle. */

export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface Running {
  readonly port: number;
  readonly child: ChildProcess;
  /** Milliseconds from spawn to the first ready answer. */
  readonly startMs: number;
  readonly output: () => string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const READY_MS_MAX = 180_000;

export async function startProcess(script: string, env: Readonly<Record<string, string>>, readyPath: string): Promise<Running> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [here(script)], { env: { ...process.env, PORT: String(port), BAXING_LOG: 'error', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-20_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${script} ended at the start:\n${output}`);
    if (performance.now() - began > READY_MS_MAX) throw new Error(`${script} was not ready in time:\n${output}`);
    try {
      if ((await fetch(`http://127.0.0.1:${port}${readyPath}`)).ok) break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return {
    port,
    child,
    startMs: performance.now() - began,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}

export interface Usage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** CPU and memory of a server process, as the process itself reports them. */
export async function usageOf(port: number): Promise<Usage> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const read = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  return { cpuSeconds: read('baxing_process_cpu_seconds'), residentBytes: read('baxing_process_resident_bytes') };
}
