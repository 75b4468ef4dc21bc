/**
 * The words every other package speaks: ids, instants, refusals, actors, geometry, quantities, text.
 * Owns no table and does no IO; runs in a browser as it stands.
 */
export * from './ids.ts';
export * from './time.ts';
export * from './result.ts';
export * from './actor.ts';
export * from './quantities.ts';
export * from './text.ts';
export * from './geometry.ts';
export * from './schemas.ts';
