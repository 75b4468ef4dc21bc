import { goto } from '$app/navigation';
import { page } from '$app/state';

/** Filters live in the address bar: a list can be reloaded, sent to a colleague and found again by the back button. */
export const parameter = (name: string): string => page.url.searchParams.get(name) ?? '';

/** Replaces the page's parameters; empty ones leave the address. */
export function setParameters(values: Readonly<Record<string, string | readonly string[] | undefined>>): Promise<void> {
  const url = new URL(page.url.href);
  for (const [name, value] of Object.entries(values)) {
    url.searchParams.delete(name);
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) if (one !== '') url.searchParams.append(name, one);
  }
  return goto(url, { reset: false, replace: true });
}
