import { passwordProblems } from '@baxing/identity';
import { generatePassword } from '@baxing/identity/server';
import { describe, expect, it } from 'vitest';

describe('password rules', () => {
  it.each<[string, string[]]>([
    ['Short1!', ['TOO_SHORT']],
    ['alllowercase', ['TOO_FEW_KINDS']],
    ['lowerUPPERonly', ['TOO_FEW_KINDS']],
    ['Street.Zhaxi#2023', ['CONTAINS_USER_NAME']],
    ['P@ssw0rd2023', ['COMMON']],
    ['Password123!', ['COMMON']],
    ['Qwer!@#$5678', ['COMMON']],
    ['Zk#1234567qT', ['COMMON']],
    ['Zk#aaaaa9-qT', ['COMMON']],
    ['Lhasa@2023!!', ['COMMON']],
    [`${'aB3-'.repeat(32)}x`, ['TOO_LONG']],
    ['Yak9-butter-tea', []],
    ['格桑花-Lake77-开', []],
  ])('%s: %j', (password, problems) => {
    expect(passwordProblems(password, { userName: 'street.zhaxi' })).toEqual(problems);
  });

  it('accepts what it generates', () => {
    const made = Array.from({ length: 50 }, () => generatePassword('admin'));
    expect(made.flatMap((password) => passwordProblems(password, { userName: 'admin' }))).toEqual([]);
    expect(new Set(made).size).toBe(50);
  });
});
