import { router } from '../trpc.ts';
export const campaigns = router({});
export const tasks = router({});
export const assignments = router({});
