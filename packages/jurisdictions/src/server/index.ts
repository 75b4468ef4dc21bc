/**
 * Writes and reads of the register of places and units. Owns the jurisdiction and unit tables; refuses to know who may act (identity)
 * and what happens at a place (tickets). The hard parts: answers as of an instant (place-index.ts), imports that repeat without harm.
 */
export { type PlaceArea, PlaceIndex } from './place-index.ts';
export { placeCache } from './places.ts';
