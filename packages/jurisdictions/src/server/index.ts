/**
 * Writes and reads of the register of places and units. Owns the jurisdiction and unit tables; refuses to know who may act (identity)
 * and what happens at a place (tickets). The hard parts: answers as of an instant (place-index.ts), imports that repeat without harm.
 */
export { type PlaceArea, PlaceIndex } from './place-index.ts';
export { placeCache } from './places.ts';
export { importAreas } from './import-areas.ts';
export { type ImportCounts, importDivisions } from './import-divisions.ts';
export { importUnits } from './import-units.ts';
export { setUnitArea } from './set-unit-area.ts';
export { type CityInputs, DEFAULT_CITY_VALID_FROM, loadDefaultCity } from './default-city.ts';
export { getJurisdiction, type JurisdictionPage } from './get-jurisdiction.ts';
export { jurisdictionShapes, type ShapeCollection, type ShapeProperties } from './jurisdiction-shapes.ts';
export { listJurisdictions } from './list-jurisdictions.ts';
export { listUnits } from './list-units.ts';
export { locate, type LocateAnswer } from './locate.ts';
export type { CodedLink, JurisdictionView, UnitView } from './views.ts';
