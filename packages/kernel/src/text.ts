/** Text is NFC in storage; search works on bigrams so that two Chinese characters find (design: one segmenter for both databases). */

export const normalise = (text: string): string => text.normalize('NFC').trim();

/** Control characters other than line breaks and tabs have no place in a stored sentence (PostgreSQL refuses NUL outright). */
// oxlint-disable-next-line no-control-regex
export const hasForbiddenCharacters = (text: string): boolean => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.test(text) || /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Overlapping pairs of characters of every run of letters and digits, lower-cased; a run of one character stands alone. */
export function bigrams(text: string): string[] {
  const grams = new Set<string>();
  for (const [run] of text.normalize('NFC').toLowerCase().matchAll(WORD)) {
    const characters = [...run];
    if (characters.length === 1) grams.add(run);
    for (let i = 0; i + 1 < characters.length; i += 1) grams.add(characters[i]! + characters[i + 1]!);
  }
  return [...grams];
}

/** Dice coefficient of the bigrams of two names: 0 … 1. For proposals to a person, never for matching by itself. */
export function similarity(a: string, b: string): number {
  if (a === b) return 1;
  const left = new Set(bigrams(a));
  const right = new Set(bigrams(b));
  if (left.size === 0 || right.size === 0) return 0;
  let common = 0;
  for (const gram of left) if (right.has(gram)) common += 1;
  return (2 * common) / (left.size + right.size);
}
