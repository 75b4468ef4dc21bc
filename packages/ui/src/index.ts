/**
 * The look and the parts of the product: tokens, formats, components. Fetches nothing, decides nothing, holds no sentence of its own (words.ts).
 * The parts that build on bits-ui (Combobox, MultiSelect, Dialog, Menu, Tabs) are for the desk; the phone uses the others.
 */
export * from './format.ts';
export * from './words.ts';
export { KeysetWindow, type ListSource, type Page, type Total } from './keyset-window.svelte.ts';
export { KeysetScroll, type KeysetScrollOptions } from './keyset-scroll.svelte.ts';
export { toasts, type Toast } from './toasts.svelte.ts';
export { default as ActionBar, type Action } from './ActionBar.svelte';
export { default as Button } from './Button.svelte';
export { default as Callout } from './Callout.svelte';
export { default as Combobox } from './Combobox.svelte';
export { default as DataTable, type Column } from './DataTable.svelte';
export { default as Dialog } from './Dialog.svelte';
export { default as DueBadge } from './DueBadge.svelte';
export { default as EmptyState } from './EmptyState.svelte';
export { default as Field } from './Field.svelte';
export { default as FilterBar } from './FilterBar.svelte';
export { default as Input } from './Input.svelte';
export { default as Light } from './Light.svelte';
export { default as Matrix } from './Matrix.svelte';
export { default as Menu, type MenuItem } from './Menu.svelte';
export { default as MultiSelect } from './MultiSelect.svelte';
export { default as PhotoPicker } from './PhotoPicker.svelte';
export { default as PhotoStrip, type Photo } from './PhotoStrip.svelte';
export { default as Progress } from './Progress.svelte';
export { default as ScrollTable } from './ScrollTable.svelte';
export { default as Section } from './Section.svelte';
export { default as Select, type Option } from './Select.svelte';
export { default as Sheet } from './Sheet.svelte';
export { default as Skeleton } from './Skeleton.svelte';
export { default as StatePill } from './StatePill.svelte';
export { default as Tabs } from './Tabs.svelte';
export { default as Textarea } from './Textarea.svelte';
export { default as Timeline, type TimelineEntry } from './Timeline.svelte';
export { default as ToastRegion } from './ToastRegion.svelte';
