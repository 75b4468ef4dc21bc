import { fileURLToPath } from 'node:url';
import { procedureInput, procedureNames } from '@baxing/api';
import ts from 'typescript';
import { z } from 'zod';

/** Prints what the API takes and answers, from the schemas and types themselves: for the generated part of docs/api.md. */

interface Shape {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  items?: Shape | false;
  prefixItems?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
  additionalProperties?: Shape | false;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  written?: string;
}

/** What JSON schema cannot say: ids by their prefix, lengths that are judged after normalising. */
function writtenOf(def: { type: string; error?: (issue: object) => unknown; checks?: { _zod: { def: { error?: (issue: object) => unknown } } }[] }): string | null {
  const said = (error?: (issue: object) => unknown): string | null => {
    const text = error?.({});
    return typeof text === 'string' ? text : null;
  };
  if (def.type === 'custom') return said(def.error)?.replace(/^id /, '') ?? null;
  for (const check of def.checks ?? []) {
    const length = /^length (\d+)…(\d+)$/.exec(said(check._zod.def.error) ?? '');
    if (length) return `text ${length[1]}–${length[2]}`;
  }
  return null;
}

const range = (from: number | undefined, to: number | undefined): string => {
  const [low, high] = [from === undefined || from < -1e15 ? '' : String(from), to === undefined || to > 9e15 ? '' : String(to)];
  if (low === '' && high === '') return '';
  return high === '' ? ` ≥${low}` : low === '' ? ` ≤${high}` : ` ${low}–${high}`;
};

function printShape(shape: Shape, depth: number): string {
  if (shape.written) return shape.written;
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.enum) return shape.enum.map((one) => JSON.stringify(one).replaceAll('"', "'")).join(' | ');
  if (shape.anyOf) return [...new Set(shape.anyOf.map((one) => printShape(one, depth)))].join(' | ');
  switch (shape.type) {
    case 'string':
      return shape.pattern ? `/${shape.pattern}/` : `string${range(shape.minLength, shape.maxLength)}`;
    case 'integer':
      return `int${range(shape.minimum, shape.maximum)}`;
    case 'number':
      return shape.exclusiveMinimum === undefined ? `number${range(shape.minimum, shape.maximum)}` : `number >${shape.exclusiveMinimum}${shape.maximum === undefined ? '' : ` ≤${shape.maximum}`}`;
    case 'array': {
      const item = shape.prefixItems ? shape.prefixItems.map((one) => printShape(one, depth)).join(', ') : shape.items ? printShape(shape.items, depth) : 'any';
      return `[${item}]${range(shape.minItems, shape.maxItems)}`;
    }
    case 'object': {
      if (!shape.properties) return shape.additionalProperties ? `{[key]: ${printShape(shape.additionalProperties, depth)}}` : '{}';
      const lines = Object.entries(shape.properties).map(([name, part]) => {
        const optional = shape.required?.includes(name) ? '' : '?';
        const standard = part.default === undefined ? '' : ` = ${JSON.stringify(part.default)}`;
        return `${'  '.repeat(depth + 1)}${name}${optional}: ${printShape(part, depth + 1)}${standard}`;
      });
      return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
    }
    default:
      return shape.type ?? 'any';
  }
}

function printInput(name: string): string {
  const input = procedureInput(name);
  if (!input) return '{}';
  const shape = z.toJSONSchema(input.schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const written = writtenOf(zodSchema._zod.def as never);
      if (written !== null) (jsonSchema as Shape).written = written;
    },
  }) as Shape;
  const full: Shape = input.commandId ? { ...shape, properties: { commandId: { written: 'uuid' }, ...shape.properties }, required: ['commandId', ...(shape.required ?? [])] } : shape;
  return printShape(full, 0);
}

const PROBE = fileURLToPath(new URL('./describe-api.probe.ts', import.meta.url));
const PROBE_TEXT = `
  import type { AppRouter } from '@baxing/api';
  export declare const procedures: AppRouter['_def']['record'];
`;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Types that are printed by name where they stand, or need no explanation. */
const PLAIN: Readonly<Record<string, string>> = { MultiPolygon: 'MultiPolygon (GeoJSON coordinates, WGS84)', Refusal: 'Refusal' };

class Types {
  readonly #checker: ts.TypeChecker;
  readonly named = new Map<string, ts.Type>();
  readonly #probe: ts.SourceFile;
  readonly #procedures: ts.Type;

  constructor() {
    const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile) as { config: object };
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists, readFile } = host;
    host.fileExists = (file) => file === PROBE || fileExists(file);
    host.readFile = (file) => (file === PROBE ? PROBE_TEXT : readFile(file));
    host.getSourceFile = (file, language, ...rest) => (file === PROBE ? ts.createSourceFile(file, PROBE_TEXT, language) : getSourceFile(file, language, ...rest));
    const program = ts.createProgram([PROBE], options, host);
    this.#checker = program.getTypeChecker();
    this.#probe = program.getSourceFile(PROBE)!;
    const symbol = this.#checker.getExportsOfModule(this.#checker.getSymbolAtLocation(this.#probe)!).find(({ name }) => name === 'procedures')!;
    this.#procedures = this.#checker.getTypeOfSymbolAtLocation(symbol, this.#probe);
  }

  outputOf(procedure: string): ts.Type {
    let type = this.#procedures;
    for (const name of [...procedure.split('.'), '_def', '$types', 'output']) type = this.#checker.getTypeOfSymbolAtLocation(type.getProperty(name)!, this.#probe);
    return type;
  }

  #comment(symbol: ts.Symbol): string {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).replaceAll(/\s+/g, ' ').trim();
    return text === '' ? '' : `  // ${text}`;
  }

  print(type: ts.Type, depth: number): string {
    const checker = this.#checker;
    if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
    if (type.isUnion()) {
      const parts = type.types.filter((one) => !(one.flags & ts.TypeFlags.Undefined));
      const texts = parts.map((one) => this.print(one, depth));
      const both = texts.includes('true') && texts.includes('false');
      // The compiler's own order may change with anything; null stands last.
      return [...new Set(both ? [...texts.filter((text) => text !== 'true' && text !== 'false'), 'boolean'] : texts)]
        .sort((a, b) => Number(a === 'null') - Number(b === 'null') || (a < b ? -1 : 1))
        .join(' | ');
    }
    if (type.isStringLiteral()) return `'${type.value}'`;
    if (type.flags & ts.TypeFlags.TemplateLiteral) return checker.typeToString(type).replaceAll(/[`]|\$\{string\}/g, (part) => (part === '`' ? '' : '…'));
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return checker.typeToString(type);
    if (checker.isArrayType(type)) {
      const item = this.print(checker.getTypeArguments(type as ts.TypeReference)[0]!, depth);
      return item.includes(' | ') || item.startsWith('{') ? `(${item})[]`.replace(/^\((\{[\s\S]*\})\)\[\]$/, '$1[]') : `${item}[]`;
    }
    if (checker.isTupleType(type))
      return `[${checker
        .getTypeArguments(type as ts.TypeReference)
        .map((one) => this.print(one, depth))
        .join(', ')}]`;
    const name = type.aliasSymbol?.name ?? type.symbol?.name ?? '__type';
    if (PLAIN[name]) return PLAIN[name];
    const own = this.#isOurs(type.aliasSymbol ?? type.symbol) && !name.startsWith('__') && !(type.aliasTypeArguments?.length ?? 0);
    if (own) {
      this.named.set(name, type);
      return name;
    }
    return this.fields(type, depth);
  }

  #isOurs(symbol: ts.Symbol | undefined): boolean {
    return symbol?.declarations?.some((one) => one.getSourceFile().fileName.startsWith(`${ROOT}packages/`) && (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))) ?? false;
  }

  fields(type: ts.Type, depth: number): string {
    const checker = this.#checker;
    const pad = '  '.repeat(depth + 1);
    const index = checker.getIndexInfosOfType(type).map((info) => `${pad}[key]: ${this.print(info.type, depth + 1)}`);
    const lines = checker.getPropertiesOfType(type).map((symbol) => {
      const optional = symbol.flags & ts.SymbolFlags.Optional ? '?' : '';
      return `${pad}${symbol.name}${optional}: ${this.print(checker.getTypeOfSymbolAtLocation(symbol, this.#probe), depth + 1)}${this.#comment(symbol)}`;
    });
    return lines.length + index.length === 0 ? '{}' : `{\n${[...lines, ...index].join('\n')}\n${'  '.repeat(depth)}}`;
  }
}

/** Markdown: one block per procedure in order of name, then the types that they name. */
export function describeApi(): string {
  const types = new Types();
  const parts = procedureNames().map(({ name, kind }) => {
    const output = kind === 'subscription' ? 'a stream: see Live stream' : types.print(types.outputOf(name), 0);
    return `### ${name}\n${kind}\n\n\`\`\`text\nin  ${printInput(name)}\nout ${output}\n\`\`\``;
  });
  const bodies = new Map<string, string>();
  // Printing a type may name further ones, which the loop then comes to.
  for (const [name, type] of types.named) bodies.set(name, types.fields(type, 0));
  const named = [...bodies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, body]) => `${name} ${body}`);
  return `${parts.join('\n\n')}\n\n### Types named above\n\n\`\`\`text\n${named.join('\n\n')}\n\`\`\`\n`;
}
