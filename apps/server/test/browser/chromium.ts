import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packed, { inflate } from '@sparticuz/chromium';

/** The browser that comes inside an npm package, unpacked once into .cache. */
export interface Browser {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Its own list of arguments switches web security off: these are ours. WebGL (the map) is drawn in software. */
export const CHROMIUM_ARGS = ['--no-sandbox', '--disable-gpu', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--font-render-hinting=none', '--disable-dev-shm-usage'];

const CACHE = fileURLToPath(new URL('../../../../.cache', import.meta.url));

const runs = (executablePath: string, env: Readonly<Record<string, string>>): boolean => {
  try {
    execFileSync(executablePath, ['--no-sandbox', '--version'], { stdio: 'ignore', env: { ...process.env, ...env } });
    return true;
  } catch {
    return false;
  }
};

/** The package unpacks into the folder for temporary files; ours is only moved to its place when it is whole. */
async function unpackInto(folder: string): Promise<void> {
  const half = `${folder}.${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  const outer = process.env['TMPDIR'];
  process.env['TMPDIR'] = half;
  try {
    await packed.executablePath();
    await inflate(join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../bin/al2023.tar.br'));
  } finally {
    if (outer === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = outer;
  }
  try {
    renameSync(half, folder);
  } catch {
    // Another run was first.
    rmSync(half, { recursive: true });
  }
}

export async function findChromium(): Promise<Browser> {
  const manifest = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = join(CACHE, `chromium-${version}`);
  if (!existsSync(folder)) await unpackInto(folder);
  const executablePath = join(folder, 'chromium');
  if (runs(executablePath, {})) return { executablePath, env: {} };
  // A bare machine lacks libraries that the package brings along.
  const env = { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_PATH: join(folder, 'fonts') };
  if (runs(executablePath, env)) return { executablePath, env };
  throw new Error(`the browser in ${folder} does not start on this machine: ${String(execFileSync('ldd', [executablePath]))}`);
}
