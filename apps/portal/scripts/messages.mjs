/** Compiles the message catalogues (messages/{locale}/*.json) to functions. Vite does it too; this makes them for svelte-check and before a build. */
import { compile } from '@inlang/paraglide-js';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** @type {(structure: 'message-modules' | 'locale-modules') => Parameters<typeof compile>[0]} */
export const messageOptions = (structure) => ({
  project: fileURLToPath(new URL('../project.inlang', import.meta.url)),
  outdir: fileURLToPath(new URL('../src/lib/paraglide', import.meta.url)),
  outputStructure: structure,
  strategy: ['localStorage', 'baseLocale'],
  isServer: 'import.meta.env.SSR',
  emitReadme: false,
});

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await compile(messageOptions('message-modules'));
  // The compiler leaves a timer of half a minute behind.
  process.exit(0);
}
