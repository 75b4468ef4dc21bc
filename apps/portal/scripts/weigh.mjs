/**
 * Weighs what a browser must load before a route works: every script that the route's page, its layouts and the client need, gzip bytes.
 * `node apps/portal/scripts/weigh.mjs [--files] [route …]` prints kB per route; Code that a page loads later (maps) is not counted.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const PORTAL = fileURLToPath(new URL('../', import.meta.url));
const CLIENT = `${PORTAL}.svelte-kit/output/client/`;
const NODES = `${PORTAL}.svelte-kit/generated/build/client-optimized/nodes/`;

export const DEFAULT_ROUTES = ['/sign-in', '/field', '/desk', '/desk/tickets', '/board', '/admin/audit'];

/** `/desk` → the folder of routes that draws it, groups included. */
function folderOf(route) {
  const find = (folder, parts) => {
    if (parts.length === 0 && existsSync(`${folder}/+page.svelte`)) return folder;
    const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
    for (const entry of entries) {
      const group = entry.name.startsWith('(');
      if (!group && entry.name !== parts[0]) continue;
      const found = find(`${folder}/${entry.name}`, group ? parts : parts.slice(1));
      if (found) return found;
    }
    return null;
  };
  return find(`${PORTAL}src/routes`, route.split('/').filter(Boolean));
}

/** @returns {Record<string, {bytes: number, files: {file: string, bytes: number}[]}>} */
export function weigh(routes = DEFAULT_ROUTES) {
  const manifest = JSON.parse(readFileSync(`${CLIENT}.vite/manifest.json`, 'utf8'));
  const nodeOf = new Map();
  for (const name of readdirSync(NODES)) {
    const source = readFileSync(NODES + name, 'utf8');
    const component = /src\/routes\/(.*\+(?:page|layout)\.svelte)/.exec(source)?.[1];
    if (component) nodeOf.set(component, Object.keys(manifest).find((key) => key.endsWith(`client-optimized/nodes/${name}`)));
  }
  const shared = Object.keys(manifest).filter((key) => /runtime\/client\/(entry|client-entry)\.js$/.test(key) || key.endsWith('client-optimized/app.js'));
  const sizes = new Map();
  const sizeOf = (file) => {
    if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(CLIENT + file), { level: 9 }).length);
    return sizes.get(file);
  };

  const weights = {};
  for (const route of routes) {
    const folder = folderOf(route);
    if (!folder) continue;
    const wanted = [...shared];
    const relative = folder.slice(`${PORTAL}src/routes`.length).split('/').filter(Boolean);
    for (let depth = 0; depth <= relative.length; depth += 1) {
      const key = nodeOf.get([...relative.slice(0, depth), '+layout.svelte'].join('/'));
      if (key) wanted.push(key);
    }
    wanted.push(nodeOf.get([...relative, '+page.svelte'].join('/')));
    const files = new Set();
    const seen = new Set();
    while (wanted.length > 0) {
      const key = wanted.pop();
      if (key === undefined || seen.has(key)) continue;
      seen.add(key);
      const chunk = manifest[key];
      if (chunk.file.endsWith('.js')) files.add(chunk.file);
      wanted.push(...(chunk.imports ?? []));
    }
    const listed = [...files].map((file) => ({ file, bytes: sizeOf(file) })).sort((a, b) => b.bytes - a.bytes);
    weights[route] = { bytes: listed.reduce((sum, { bytes }) => sum + bytes, 0), files: listed };
  }
  return weights;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const weights = weigh(named.length > 0 ? named : DEFAULT_ROUTES);
  for (const [route, { bytes, files }] of Object.entries(weights)) {
    console.log(`${route.padEnd(16)} ${(bytes / 1000).toFixed(1).padStart(7)} kB gzip, ${files.length} files`);
    if (process.argv.includes('--files')) for (const one of files) console.log(`${''.padEnd(18)}${String(one.bytes).padStart(7)} ${one.file}`);
  }
}
