export { categoryCache, loadCategories } from './category-cache.ts';
export { loadDefaultCategories } from './default-categories.ts';
export { type CategoryChanges, importCategories, previewCategoryImport } from './import-categories.ts';
export { type CategoryView, listCategories } from './list-categories.ts';
