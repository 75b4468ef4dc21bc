/** The scans behind house.test.ts, kept apart so that rules.test.ts can show that each can fail. */

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

const findAll = (text: string, pattern: RegExp, what: (match: RegExpMatchArray) => string | null): string[] =>
  [...text.matchAll(pattern)].flatMap((match) => {
    const finding = what(match);
    return finding === null ? [] : [`${lineOf(text, match.index)} ${finding}`];
  });

/** Comments out, line numbers kept. */
export const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' ')).replaceAll(/(^|[\s;{}(,])\/\/[^\n]*/g, (_comment, before: string) => before);

export function findTableWrites(source: string, owner: string, owners: ReadonlyMap<string, string>): string[] {
  const text = withoutComments(source);
  const foreign = (table: string, how: string): string | null => {
    const rightful = owners.get(table);
    return rightful === undefined || rightful === owner ? null : `${how} ${table}, which ${rightful} owns`;
  };
  /** A variable will do when its type names the tables: `table: 'ticket' | 'file'`. */
  const variable = (name: string, how: string): string | null => {
    const named = new RegExp(`\\b${name}: ('[a-z_]+'(?: \\| '[a-z_]+')*)`).exec(text)?.[1];
    if (named === undefined) return `${how} of a table that is not named in place`;
    return (
      named
        .split(' | ')
        .map((table) => foreign(table.slice(1, -1), how))
        .find((finding) => finding !== null) ?? null
    );
  };
  return [
    ...findAll(text, /\.(insertInto|updateTable|deleteFrom|mergeInto|replaceInto)\(\s*(['"`]?)([A-Za-z_]*)/g, ([, verb, quote, table]) =>
      quote === '' ? (owner === 'db' ? null : variable(table!, verb!)) : foreign(table!, verb!),
    ),
    ...findAll(text, /\b(insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from)\s+"?([a-z_]+)"?\s+(?:set\b|as\b|where\b|values\b|\(|select\b|\w+\s+set\b)/gi, ([, verb, table]) =>
      foreign(table!.toLowerCase(), verb!),
    ),
  ];
}

const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bfrom\s+'(?:node:)?(fs|fs\/promises|http|https|net|child_process|worker_threads|dns|timers|timers\/promises)'/g, 'imports'],
  [/\bfrom\s+'(@node-rs\/argon2|sharp)'/g, 'imports'],
  [/\b(Date\.now|Math\.random|performance\.now)\b/g, 'uses'],
  [/\b(randomUUID|randomBytes|randomFillSync|getRandomValues)\s*\(/g, 'calls'],
  [/\bnew (Date)\(\)/g, 'asks the machine for the time by'],
  [/(?<![.\w])(fetch|setTimeout|setInterval)\s*\(/g, 'calls'],
];

export function findImpurities(source: string): string[] {
  const text = withoutComments(source);
  return IMPURE.flatMap(([pattern, how]) => findAll(text, pattern, ([, name]) => `${how} ${name}`));
}

export function findStateLiterals(source: string, states: ReadonlySet<string>): string[] {
  return findAll(withoutComments(source), /\b[\w.?!]*\bstate\s*(?:===|!==)\s*'([a-z_]+)'/g, ([whole, state]) => (states.has(state!) ? `compares a state with a literal: ${whole}` : null));
}

export function findUnfinished(text: string): string[] {
  return [
    ...findAll(text, /\b(TODO|FIXME|XXX|HACK)\b/g, ([, word]) => word!),
    ...findAll(text, /\b(?:it|test|describe)(?:\.\w+(?:\([^)]*\))?)*\.(skip|only|todo|fails|fixme)\b\s*\(/g, ([, word]) => `.${word}`),
    ...findAll(text, /\bvi\.(mock|doMock|stubGlobal)\s*\(/g, ([, word]) => `vi.${word}`),
    ...findAll(text, /@ts-(ignore|nocheck)/g, ([, word]) => `@ts-${word}`),
  ];
}
