import { randomBytes, randomInt } from 'node:crypto';
import { RefusalError } from '@baxing/kernel';
import { hash, verify } from '@node-rs/argon2';
import { passwordProblems } from '../passwords.ts';

/**
 * Password hashing, always outside a command: argon2id with the parameters of the OWASP cheat sheet (19 MiB, 2 passes, 1 lane).
 * Each run takes 19 MiB and a thread, so few run at once and the rest wait in a bounded queue.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
const RUNNING_MAX = 2;
const WAITING_MAX = 400;

let running = 0;
const waiting: (() => void)[] = [];

async function gated<T>(work: () => Promise<T>): Promise<T> {
  if (running >= RUNNING_MAX) {
    if (waiting.length >= WAITING_MAX) throw new RefusalError('UNAVAILABLE', { queue: 'password', retryAfterSeconds: 5 });
    // Whoever finishes hands its place over, so `running` does not change here.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

// Two keyboards may compose the same character differently.
const bytesOf = (password: string): string => password.normalize('NFKC');

export const hashPassword = (password: string): Promise<string> => gated(() => hash(bytesOf(password), PARAMETERS));

let nobody: Promise<string> | null = null;

/** `null` stands for an account that does not exist: the work is the same, the answer no. @throws RefusalError UNAVAILABLE when too many wait */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  nobody ??= hash(randomBytes(24), PARAMETERS);
  const against = passwordHash ?? (await nobody);
  const right = await gated(() => verify(against, bytesOf(password)));
  return right && passwordHash !== null;
}

/** Without the characters that people mistake for one another. */
const ALPHABETS = ['abcdefghjkmnpqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '-_+=%'] as const;
const GENERATED_LENGTH = 16;

/** A password that satisfies the rules for this name. */
export function generatePassword(userName: string): string {
  for (;;) {
    const all = ALPHABETS.join('');
    const made = Array.from({ length: GENERATED_LENGTH }, () => all[randomInt(all.length)]!).join('');
    if (passwordProblems(made, { userName }).length === 0) return made;
  }
}
