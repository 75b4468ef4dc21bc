import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/** Only .svelte: everything else is oxlint's. */
export default [
  { ignores: ['**/build/**', '**/.svelte-kit/**', '**/paraglide/**', '**/node_modules/**', '**/*.ts', '**/*.js', '**/*.mjs', '**/*.cjs'] },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      'svelte/no-target-blank': 'error',
      // svelte-check reports the ones that count; this rule reads the words of the reason as names of warnings.
      'svelte/no-unused-svelte-ignore': 'off',
      // A Map that no template reads needs no reactivity.
      'svelte/prefer-svelte-reactivity': 'off',
      // Links inside the portal are plain paths of the one host it is served from.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
];
