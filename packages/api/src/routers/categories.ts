import { ok } from '@baxing/kernel';
import { listCategoriesSchema } from '@baxing/tickets';
import { listCategories } from '@baxing/tickets/server';
import { query, router } from '../trpc.ts';

export const categories = router({
  list: query(listCategoriesSchema, ({ services, actor }, input) => ok(listCategories(services.db, actor, input))),
});
