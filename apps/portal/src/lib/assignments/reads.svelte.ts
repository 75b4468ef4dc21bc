import { api, type Outputs } from '#lib/api.ts';
import { idOf } from '#lib/ids.ts';
import { session } from '#lib/session.svelte.ts';
import type { AssignmentLine } from './types.ts';

/** Answers that several parts of these pages ask for. */

export type Post = Outputs['posts']['list']['rows'][number];

const POSTS_MAX = 500;
const PAGE = 200;

let posts = $state.raw<ReadonlyMap<string, readonly Post[]>>(new Map());
const asked = new Set<string>();

/** The posts of a unit as far as the reader may see them; null while they are on their way. Another post in the session sees others. */
export function postsOf(unitId: string): readonly Post[] | null {
  const key = `${session.user.post.postId} ${unitId}`;
  if (!asked.has(key) && session.may('posts.list')) {
    asked.add(key);
    api.posts.list
      .query({ unitId: idOf('unt', unitId), limit: POSTS_MAX })
      .then(({ rows }) => {
        posts = new Map(posts).set(key, rows);
      })
      .catch(() => asked.delete(key));
  }
  return posts.get(key) ?? null;
}

/** 扎细街道网格员岗一（WG0501）; empty when it is not known. */
export function postName(unitId: string, postId: string | null): string {
  const post = postId === null ? undefined : postsOf(unitId)?.find((one) => one.postId === postId);
  return post ? `${post.title}（${post.workNumber}）` : '';
}

/** Every assignment of a task. */
export async function assignmentsOfTask(taskId: string): Promise<AssignmentLine[]> {
  const rows: AssignmentLine[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.assignments.list.query({ taskId: idOf('tsk', taskId), limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return rows;
}
