import { z } from 'zod';
import { UUID_PATTERN } from './ids.ts';
import { hasForbiddenCharacters, normalise } from './text.ts';

/** Shapes that every procedure uses, with the limits that go with them. */

export const commandIdSchema = z.string().regex(UUID_PATTERN);

export const idSchema = <P extends string>(prefix: P) =>
  z.custom<`${P}_${string}`>((value) => typeof value === 'string' && value.startsWith(`${prefix}_`) && value.length <= 64 && /^[a-z]+_[A-Za-z0-9_.-]+$/.test(value), { error: `id ${prefix}_…` });

/** One or more lines for people: NFC, no control characters. `max` counts UTF-16 units. */
export const textSchema = (max: number, min = 0) =>
  z
    .string()
    .max(max * 2)
    .refine((value) => !hasForbiddenCharacters(value), { error: 'control characters' })
    .transform(normalise)
    .refine((value) => value.length >= min && value.length <= max, { error: `length ${min}…${max}` });

export const instantSchema = z.number().int().min(0).max(4_102_444_800_000);

export const versionSchema = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
