import { defineCache, type Reader } from '@baxing/db';
import { CategoryIndex } from '../../categories.ts';

/** The rows as they are at this moment; inside a command pass `ctx.tx`. */
export async function loadCategories(reader: Reader): Promise<CategoryIndex> {
  return new CategoryIndex(await reader.selectFrom('category').selectAll().execute(), await reader.selectFrom('filing_standard').selectAll().execute());
}

export const categoryCache = defineCache('categories', loadCategories);
