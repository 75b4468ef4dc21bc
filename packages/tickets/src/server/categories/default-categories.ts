import { readFile } from 'node:fs/promises';
import { type ImportCategoriesInput, parseCategories } from '../../categories.ts';

const FILES = ['case_categories.csv', 'local_categories.csv'] as const;

/** The packaged lists as one input of `categories.import`; the caller runs it, so it is audited like any import. Reads files: not inside a command. */
export async function loadDefaultCategories(): Promise<ImportCategoriesInput> {
  const categories: ImportCategoriesInput['categories'] = [];
  for (const file of FILES) {
    const parsed = parseCategories(await readFile(new URL(`../../../data/${file}`, import.meta.url), 'utf8'));
    if (!parsed.ok) throw new Error(`${file}: ${JSON.stringify(parsed.refusal.details)}`);
    categories.push(...parsed.value.categories);
  }
  return { categories };
}
