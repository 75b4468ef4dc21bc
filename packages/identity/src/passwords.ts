/** The password rules, the same in the browser and on the server. */

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 128;
const KINDS_MIN = 3;

export type PasswordProblem = 'TOO_SHORT' | 'TOO_LONG' | 'TOO_FEW_KINDS' | 'CONTAINS_USER_NAME' | 'COMMON';

/** Words that a guesser tries first; a password that is one of them with digits and signs around it is common too. */
const COMMON_WORDS = new Set(
  'admin administrator root user guest test demo welcome hello login letmein password passwd pass pwd secret master qwer qwerty qwertyuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qaz qazwsx abc abcd abcde abcdef aa aaa iloveyou woaini monkey dragon sunshine princess football lhasa lasa xizang tibet baxing beijing china zhongguo'.split(
    ' ',
  ),
);
const LETTER_FOR_SIGN: Readonly<Record<string, string>> = { '@': 'a', $: 's', '0': 'o', '1': 'i', '3': 'e', '5': 's', '7': 't', '!': 'i' };
const EASY_RUNS = /0123456|123456|234567|345678|456789|987654|876543|765432|654321|(.)\1{4}/u;

function isCommon(password: string): boolean {
  const lower = password.toLowerCase();
  if (EASY_RUNS.test(lower)) return true;
  const core = lower.replace(/^[^\p{L}@$]+/u, '').replace(/[^\p{L}]+$/u, '');
  const plain = core.replace(/[@$01357!]/g, (sign) => LETTER_FOR_SIGN[sign] ?? sign).replace(/[^\p{L}]/gu, '');
  return COMMON_WORDS.has(plain) || COMMON_WORDS.has(core.replace(/[^\p{L}]/gu, ''));
}

/** Empty = acceptable. Length counts UTF-16 units; kinds are lower case, upper case, digits, and everything else. */
export function passwordProblems(password: string, { userName }: { userName: string }): PasswordProblem[] {
  const problems: PasswordProblem[] = [];
  if (password.length < PASSWORD_MIN) problems.push('TOO_SHORT');
  if (password.length > PASSWORD_MAX) return ['TOO_LONG'];
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(password)).length;
  if (kinds < KINDS_MIN) problems.push('TOO_FEW_KINDS');
  if (userName !== '' && password.toLowerCase().includes(userName.toLowerCase())) problems.push('CONTAINS_USER_NAME');
  if (isCommon(password)) problems.push('COMMON');
  return problems;
}
