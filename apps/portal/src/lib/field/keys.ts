/** Keys of the phone's store: account first. */
export const keyOf = (...parts: readonly string[]): string => parts.join(' ');
