/** Words, file formats and plane geometry of places and units; pure, the same in the browser. Knows no table. */
export * from './kinds.ts';
export * from './schemas.ts';
export type { FileFinding } from './findings.ts';
export { type CsvLimits, type CsvRow, FILE_LIMITS, parseCsv } from './csv.ts';
export { type DivisionsFileOptions, parseDivisionsFile, placeNameOf } from './divisions-file.ts';
export { AREAS_LIMITS, type AreaRecord, parseAreas } from './areas-file.ts';
export { parseUnitsFile } from './units-file.ts';
export { checkGeometry, checkMultiPolygon, SHAPE_POSITIONS_MAX, shapeAreaSquareMetres, type ShapeCheck, type ShapeRule } from './shape.ts';
export { cutIntoStrips, Tiling } from './tiling.ts';
