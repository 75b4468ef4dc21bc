import type { TimeUnit } from '@baxing/clocks';
import type { Database } from '@baxing/db';
import type { Actor } from '@baxing/kernel';
import type { CategoryRow, ListCategoriesInput, StandardRow } from '../../categories.ts';
import { categoryCache } from './category-cache.ts';

export interface CategoryView {
  readonly id: string;
  readonly source: string;
  readonly class: string;
  readonly majorCode: string;
  readonly majorName: string;
  readonly minorCode: string;
  readonly minorName: string;
  readonly active: boolean;
  /** 借用标准（非拉萨）, 本地类别 … */
  readonly note: string;
  readonly standards: readonly {
    readonly id: string;
    readonly filingCondition: string;
    readonly limitValue: number;
    readonly limitUnit: TimeUnit;
    readonly closeCondition: string;
    /** 示例 where the limit is not from a standard. */
    readonly note: string;
  }[];
}

const viewOf = (row: CategoryRow, standards: readonly StandardRow[]): CategoryView => ({
  id: row.id,
  source: row.source,
  class: row.class,
  majorCode: row.major_code,
  majorName: row.major_name,
  minorCode: row.minor_code,
  minorName: row.minor_name,
  active: row.active === 1,
  note: row.note,
  standards: standards.map((standard) => ({
    id: standard.id,
    filingCondition: standard.filing_condition,
    limitValue: standard.limit_value,
    limitUnit: standard.limit_unit as TimeUnit,
    closeCondition: standard.close_condition,
    note: standard.note,
  })),
});

/** `categories.list`: the present categories with their standards, in the order of their lists. Bounded by the import (5,000 standards per list). */
export function listCategories(db: Database, _actor: Actor, input: ListCategoriesInput): { readonly categories: readonly CategoryView[] } {
  const index = db.caches.get(categoryCache);
  const text = (input.text ?? '').toLowerCase();
  const finds = (category: CategoryView): boolean =>
    [`${category.majorCode}-${category.minorCode}`, category.majorName, category.minorName, ...category.standards.map((standard) => standard.filingCondition)].some((words) =>
      words.toLowerCase().includes(text),
    );
  return {
    categories: index.categories
      .filter((row) => row.valid_to === null && (input.class === undefined || row.class === input.class) && (!input.activeOnly || row.active === 1))
      .map((row) => viewOf(row, index.standardsOf(row.id)))
      .filter((category) => text === '' || finds(category)),
  };
}
