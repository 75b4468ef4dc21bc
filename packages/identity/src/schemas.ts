import { ROLES, idSchema, instantSchema, textSchema } from '@baxing/kernel';
import { z } from 'zod';
import { PASSWORD_MAX } from './passwords.ts';

/** Sign-in names: lower-case letters, digits, dots, hyphens, underscores. Sign-in itself takes any text, so that a wrong name is answered like a wrong password. */
export const userNameSchema = z.string().regex(/^[a-z][a-z0-9._-]{1,63}$/);

const passwordSchema = z.string().min(1).max(PASSWORD_MAX);

export const signInInput = z.object({ username: z.string().min(1).max(64), password: passwordSchema });
export const changePasswordInput = z.object({ oldPassword: passwordSchema, newPassword: passwordSchema });
export const switchPostInput = z.object({ postId: idSchema('pst') });

export const postInput = z.object({
  role: z.enum(ROLES),
  /** 岗位 as people call it; no personal name. */
  title: textSchema(60, 1),
  workNumber: textSchema(32),
  unitId: idSchema('unt'),
  areaId: idSchema('jur').nullable().default(null),
  /** Code of the action whose task force this is; for `task_force` and nobody else. */
  actionCode: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,39}$/)
    .nullable()
    .default(null),
});
const postsSchema = z.array(postInput).max(20);

/** Without a password one is made and answered once. */
export const createAccountInput = z.object({ userName: userNameSchema, password: passwordSchema.optional(), posts: postsSchema.min(1) });
export const accountInput = z.object({ accountId: idSchema('acc') });
export const resetPasswordInput = z.object({ accountId: idSchema('acc'), password: passwordSchema.optional() });
/** The complete list of posts from that instant on (default: now); order is the order of choice. */
export const setPostsInput = z.object({ accountId: idSchema('acc'), posts: postsSchema, from: instantSchema.optional() });

export const listAccountsInput = z.object({
  /** Part of the sign-in name. */
  text: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,64}$/)
    .optional(),
  /** The last name of the page before. */
  after: z.string().max(64).optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export const listPostsInput = z.object({
  unitId: idSchema('unt').optional(),
  role: z.enum(ROLES).optional(),
  /** Posts of that place and of the places in it. */
  areaId: idSchema('jur').optional(),
  /** The last post id of the page before. */
  after: idSchema('pst').optional(),
  limit: z.number().int().min(1).max(500).default(200),
});

export type PostInput = z.infer<typeof postInput>;
export type CreateAccountInput = z.infer<typeof createAccountInput>;
export type ResetPasswordInput = z.infer<typeof resetPasswordInput>;
export type SetPostsInput = z.infer<typeof setPostsInput>;
export type ListAccountsInput = z.infer<typeof listAccountsInput>;
export type ListPostsInput = z.infer<typeof listPostsInput>;
