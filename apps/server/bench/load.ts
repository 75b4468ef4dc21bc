import { Agent, request as httpRequest } from 'node:http';

/** A small HTTP load: `connections` workers, each one request after another over its own kept-alive connection. */

export interface Target {
  readonly port: number;
  readonly cookie?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export class Client {
  readonly #agent: Agent;
  readonly #target: Target;

  constructor(target: Target, connections: number) {
    this.#target = target;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send(method: string, path: string, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = {};
      if (this.#target.cookie !== undefined) headers['cookie'] = this.#target.cookie;
      if (body !== undefined) {
        headers['content-type'] = 'application/json';
        headers['content-length'] = Buffer.byteLength(body);
      }
      const request = httpRequest({ host: '127.0.0.1', port: this.#target.port, method, path, headers, agent: this.#agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
        response.on('error', reject);
      });
      request.on('error', reject);
      request.setTimeout(60_000, () => request.destroy(new Error('no answer in 60 s')));
      request.end(body);
    });
  }

  /** A tRPC mutation. @throws on anything but 200 */
  async mutate<T>(path: string, input: Readonly<Record<string, unknown>>): Promise<T> {
    return unwrap<T>(path, await this.send('POST', `/trpc/${path}`, JSON.stringify(input)));
  }

  async query<T>(path: string, input: unknown): Promise<T> {
    return unwrap<T>(path, await this.send('GET', `/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`));
  }

  close(): void {
    this.#agent.destroy();
  }
}

function unwrap<T>(path: string, { status, body }: Answer): T {
  if (status !== 200) throw new Error(`${path} answered ${status}: ${body.slice(0, 300)}`);
  return (JSON.parse(body) as { result: { data: T } }).result.data;
}

export interface Measured {
  readonly n: number;
  readonly seconds: number;
  /** Milliseconds, ascending. */
  readonly latencies: Float64Array;
}

/** Runs `work(i)` n times over `connections` workers. `n` and the time are bounded; what was done by then is what is reported. */
export async function load(connections: number, n: number, secondsMax: number, work: (i: number) => Promise<unknown>): Promise<Measured> {
  const latencies: number[] = [];
  const began = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < n && performance.now() - began < secondsMax * 1000) {
      const i = next;
      next += 1;
      const start = performance.now();
      await work(i);
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return { n: latencies.length, seconds: (performance.now() - began) / 1000, latencies: Float64Array.from(latencies).sort() };
}

export const percentile = ({ latencies }: Measured, p: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))] ?? 0;
