import type { Id } from '@baxing/kernel';

/** An id out of an address, a row or a form, as the API's types want it. Whether it is one, the server says. */
export const idOf = <Prefix extends string>(_prefix: Prefix, text: string): Id<Prefix> => text as Id<Prefix>;
