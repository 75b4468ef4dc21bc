declare module '*/weigh.mjs' {
  export function weigh(routes?: readonly string[]): unknown;
}
