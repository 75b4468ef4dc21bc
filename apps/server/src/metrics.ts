import type { Services } from '@baxing/api';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Prometheus text for `/metrics`. Labels come from fixed sets (procedure names, codes), never from input. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
  const requests = new Counter({ name: 'baxing_http_requests_total', help: 'HTTP requests by route and status', labelNames: ['route', 'status'], registers });
  const requestSeconds = new Histogram({ name: 'baxing_http_request_seconds', help: 'HTTP latency by route', labelNames: ['route'], buckets, registers });
  const procedures = new Counter({ name: 'baxing_procedures_total', help: 'Queries and commands by name and outcome', labelNames: ['procedure', 'kind', 'outcome'], registers });
  const procedureSeconds = new Histogram({ name: 'baxing_procedure_seconds', help: 'Latency of queries and commands', labelNames: ['procedure', 'kind'], buckets, registers });
  let services: Services | null = null;

  const gauge = (name: string, help: string, read: (services: Services) => number | Promise<number>): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        if (services) this.set(await read(services));
      },
    });
  const rows = (table: 'outbox' | 'timer') => async ({ db }: Services) =>
    Number((await db.read.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n);
  gauge('baxing_writer_queue', 'Commands waiting for or in the write path', ({ db }) => db.writer.pending());
  gauge('baxing_reader_queue', 'Long reads waiting or running', ({ heavy }) => heavy.pending());
  gauge('baxing_outbox_rows', 'Outbox rows not yet delivered', rows('outbox'));
  gauge('baxing_timer_rows', 'Timers set', rows('timer'));
  gauge('baxing_jobs_open', 'Jobs waiting or running', async ({ db }) =>
    Number(
      (
        await db.read
          .selectFrom('job')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .where('state', 'in', ['waiting', 'running'])
          .executeTakeFirstOrThrow()
      ).n,
    ),
  );
  gauge('baxing_database_up', '1 when the database answers', async ({ db }) => {
    try {
      await db.read.selectFrom('setting').select('key').limit(1).execute();
      return 1;
    } catch {
      return 0;
    }
  });
  gauge('baxing_process_resident_bytes', 'Resident memory', () => process.memoryUsage.rss());
  gauge('baxing_process_cpu_seconds', 'User and system CPU time', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });

  return {
    attach(value: Services) {
      services = value;
    },
    observeRequest(route: string, status: number, ms: number) {
      requests.inc({ route, status });
      requestSeconds.observe({ route }, ms / 1000);
    },
    observeProcedure(procedure: string, kind: string, outcome: string, ms: number) {
      procedures.inc({ procedure, kind, outcome });
      procedureSeconds.observe({ procedure, kind }, ms / 1000);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
