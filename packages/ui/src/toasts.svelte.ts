/** Short answers to what a person just did: one list for the whole page, drawn by `ToastRegion`. A fault stays until it is closed. */
export interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'note' | 'fault';
  readonly text: string;
  readonly detail: string | undefined;
}

const SHOWN_MS = 5_000;
const KEPT_MAX = 4;

let next = 1;
const state = $state<{ list: Toast[] }>({ list: [] });

function add(kind: Toast['kind'], text: string, detail?: string): number {
  const id = next++;
  state.list = [...state.list, { id, kind, text, detail }].slice(-KEPT_MAX);
  if (kind !== 'fault') setTimeout(() => toasts.close(id), SHOWN_MS);
  return id;
}

export const toasts = {
  get list(): readonly Toast[] {
    return state.list;
  },
  done: (text: string, detail?: string): number => add('done', text, detail),
  note: (text: string, detail?: string): number => add('note', text, detail),
  fault: (text: string, detail?: string): number => add('fault', text, detail),
  close(id: number): void {
    state.list = state.list.filter((toast) => toast.id !== id);
  },
};
