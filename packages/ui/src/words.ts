import { getContext, setContext } from 'svelte';

/** The components' own words. The application gives them once from its message catalogue; the components hold no sentence of their own. */
export interface UiWords {
  query: string;
  reset: string;
  export: string;
  previousPage: string;
  nextPage: string;
  rowNumber: string;
  total: (count: string) => string;
  selected: (count: string) => string;
  clearSelection: string;
  selectAll: string;
  selectRow: (number: string) => string;
  loading: string;
  loadFailed: string;
  retry: string;
  close: string;
  cancel: string;
  choose: string;
  search: string;
  noMatch: string;
  remove: (name: string) => string;
  takePhoto: string;
  addPhoto: string;
  removePhoto: string;
  photo: (number: string) => string;
  previousPhoto: string;
  nextPhoto: string;
  required: string;
  late: (span: string) => string;
  remaining: (span: string) => string;
  doneInTime: string;
  doneLate: string;
  noDeadline: string;
  awaitingCalendar: string;
  notifications: string;
  of: (part: string, whole: string) => string;
  tableKeys: string;
  tableKeysSelect: string;
}

const KEY = Symbol('ui words');

export const provideWords = (words: UiWords): UiWords => setContext(KEY, words);

export function useWords(): UiWords {
  const words = getContext<UiWords | undefined>(KEY);
  if (!words) throw new Error('provideWords() must be called by a layout above this component');
  return words;
}
