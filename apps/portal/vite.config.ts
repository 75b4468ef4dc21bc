import { paraglideVitePlugin } from '@inlang/paraglide-js';
import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { messageOptions } from './scripts/messages.mjs';

/** Messages of one area travel in one chunk, so that the phone never loads the desk's words. */
const MESSAGE_AREA = /\/paraglide\/messages\/([a-z]+)_/;

export default defineConfig(({ command }) => ({
  plugins: [
    tailwindcss(),
    paraglideVitePlugin(messageOptions(command === 'build' ? 'message-modules' : 'locale-modules')),
    sveltekit({
      adapter: adapter({ out: 'build', precompress: true }),
      // Only the phone's pages want it: their layout registers it.
      serviceWorker: { register: false },
      csp: {
        mode: 'nonce',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          // Components place popovers with style attributes; style sheets themselves come from here only.
          'style-src': ['self'],
          'style-src-attr': ['unsafe-inline'],
          'img-src': ['self', 'blob:', 'data:'],
          'font-src': ['self'],
          'connect-src': ['self'],
          'worker-src': ['self', 'blob:'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  // Fonts lie in the workspace's node_modules, above the portal.
  server: { fs: { allow: ['../..'] } },
  build: {
    assetsInlineLimit: 0,
    rolldownOptions: {
      // The packages' pure doors hold schemas that are built when they load; a page that names none of them does without zod.
      treeshake: { moduleSideEffects: [{ test: /\/packages\/[a-z]+\/src\/.*\.ts$/, sideEffects: false }] },
      output: { codeSplitting: { groups: [{ debugName: 'messages', name: (id: string) => { const area = MESSAGE_AREA.exec(id)?.[1]; return area ? `messages-${area}` : null; } }] } },
    },
  },
}));
