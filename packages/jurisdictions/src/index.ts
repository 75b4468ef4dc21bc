/** Words, file formats and plane geometry of places and units; pure, the same in the browser. Knows no table. */
export * from './kinds.ts';
