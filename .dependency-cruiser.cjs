// Which package may import which, and through which door. docs: README.md, "Where things are".
const { readdirSync, readFileSync } = require('node:fs');

/** A package imports only packages of a lower level. */
const LEVELS = { kernel: 0, db: 1, clocks: 2, jurisdictions: 3, identity: 4, tickets: 5, campaigns: 6, takeovers: 7, api: 8 };
const DOMAINS = Object.keys(LEVELS).filter((name) => !['kernel', 'db', 'api'].includes(name));

const unplaced = readdirSync('packages').filter((name) => LEVELS[name] === undefined && !['ui', 'testing'].includes(name));
if (unplaced.length > 0) throw new Error(`packages without a level in .dependency-cruiser.cjs: ${unplaced.join(', ')}`);

const doorsOf = (name) => {
  const { exports = {} } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  return Object.values(exports).map((file) => `packages/${name}/${String(typeof file === 'string' ? file : (file.default ?? file.svelte)).replace(/^\.\//, '')}`);
};
const escape = (text) => text.replaceAll('.', '\\.');
const doors = readdirSync('packages').flatMap(doorsOf).map(escape).join('|');
const any = (names) => `^packages/(${names.join('|')})/`;
const valuesOnly = { dependencyTypesNot: ['type-only'] };

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(\\$app/|#lib/|virtual:|geojson$)' } },
    ...Object.entries(LEVELS).map(([name, level]) => ({
      name: `${name}-imports-downwards`,
      severity: 'error',
      comment: `${name} is on level ${level}: it knows nothing of its own level or above`,
      from: { path: `^packages/${name}/src/` },
      to: { path: any([...Object.keys(LEVELS).filter((other) => other !== name && LEVELS[other] >= level), 'ui', 'testing']) },
    })),
    { name: 'packages-know-no-app', severity: 'error', from: { path: '^packages/' }, to: { path: '^apps/' } },
    {
      name: 'through-the-doors',
      severity: 'error',
      comment: 'another package is entered through the doors in its package.json',
      from: { path: '^(packages/[^/]+|apps/[^/]+|scripts)/', pathNot: '^(packages/testing/|packages/[^/]+/bench/|scripts/|apps/server/(test|bench)/)' },
      to: { path: '^packages/[^/]+/src/', pathNot: [`^(${doors})$`, '^$1/'] },
    },
    {
      name: 'pure-doors-do-no-io',
      severity: 'error',
      comment: 'everything outside src/server runs in a browser as it stands',
      from: { path: any(DOMAINS), pathNot: '^packages/[^/]+/(src/server|test|bench|scripts|data)/' },
      to: { ...valuesOnly, dependencyTypes: ['core'] },
    },
    {
      name: 'pure-doors-know-no-database',
      severity: 'error',
      from: { path: any(DOMAINS), pathNot: '^packages/[^/]+/(src/server|test|bench|scripts|data)/' },
      to: { ...valuesOnly, path: ['^packages/db/', '^packages/[^/]+/src/server/', 'node_modules/(kysely|better-sqlite3|pg|sharp|lucia|@node-rs|pino|hono)/'] },
    },
    { name: 'kernel-is-pure', severity: 'error', from: { path: '^packages/kernel/src/' }, to: { pathNot: ['^packages/kernel/src/', 'node_modules/zod'] } },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { pathNot: '^(packages/testing/|packages/[^/]+/(test|bench)/|apps/server/(test|bench)/|scripts/|vitest\\.config)' },
      to: { path: '^packages/testing/' },
    },
    { name: 'tests-are-no-source', severity: 'error', from: { path: '/src/' }, to: { path: '/test/' } },
    {
      name: 'the-portal-draws',
      severity: 'error',
      comment: 'the portal imports pure doors, @baxing/ui, and types of @baxing/api; .svelte files are held to it by scripts/test/house.test.ts',
      from: { path: '^apps/portal/src/' },
      to: { ...valuesOnly, path: ['^packages/(db|api|testing)/', '^packages/[^/]+/src/server/', '^apps/server/'] },
    },
    { name: 'ui-fetches-nothing', severity: 'error', from: { path: '^packages/ui/' }, to: { path: ['^packages/(?!ui/)', 'node_modules/(@trpc|hono|kysely)'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|build|\\.svelte-kit|paraglide)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'svelte', 'default'], extensions: ['.ts', '.mjs', '.js', '.svelte', '.json'] },
  },
};
