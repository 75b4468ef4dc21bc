import { parentPort, workerData } from 'node:worker_threads';
import { type DatabaseTarget } from './database.ts';
import { serveHeavyQueries } from './reader-pool.ts';

const { target, moduleUrl } = workerData as { target: DatabaseTarget; moduleUrl: string };
await serveHeavyQueries(target, moduleUrl, parentPort!);
