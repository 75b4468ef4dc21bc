/** What a plan workbook may be. A plan of a city has some hundreds of rows; these limits are ten times that and far below what hurts. */
export const WORKBOOK_LIMITS = {
  fileBytes: 5_000_000,
  entries: 200,
  /** All parts, inflated. */
  inflatedBytes: 24_000_000,
  /** Inflated to packed, for parts above 1 MB: text of a sheet packs 5 to 40 times. */
  ratio: 150,
  sheets: 20,
  rows: 5_000,
  columns: 200,
  cells: 100_000,
  /** Cells under merged ranges: each is expanded. */
  mergedCells: 50_000,
  cellText: 8_000,
  /** From the first byte to the answer. */
  ms: 10_000,
} as const;

/** The reader's thread, its stacks and code not counted. */
export const WORKBOOK_HEAP_MB = 128;
