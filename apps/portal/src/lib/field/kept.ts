import type { FieldStore } from './store.ts';

let loading: Promise<FieldStore> | undefined;

/** The phone's store; its code is not part of what a page needs to appear. */
export const kept = (): Promise<FieldStore> => (loading ??= import('./store.ts').then(({ store }) => store));
