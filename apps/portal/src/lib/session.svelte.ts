import type { Role } from '@baxing/kernel';
import { api, onSignedOut, type Outputs, refusalOf } from '#lib/api.ts';
import { clock } from '#lib/clock.svelte.ts';
import { paths } from '#lib/paths.ts';
import { forget, recall, remember } from '#lib/remembered.ts';
import { changingSession } from '#lib/session-lock.ts';

/** Who is signed in, in which post, and what that post may call. Loaded once, again after every change of post or of the demonstration's clock. */
export type Me = Outputs['auth']['me'];

let current = $state.raw<Me | null>(null);
let loading: Promise<Me | null> | null = null;

function take(me: Me): Me {
  clock.set(me.now);
  current = me;
  return me;
}

export const session = {
  get me(): Me | null {
    return current;
  },
  /** For pages below `(app)`, where someone is always signed in. */
  get user(): Me {
    if (!current) throw new Error('a page for signed-in people was drawn without a session');
    return current;
  },
  /** The present post may call this procedure in some scope; for drawing menus, the server decides. */
  may: (verb: string): boolean => current !== null && current.verbs[verb] !== undefined,

  /**
   * Null = nobody is signed in. `remembered`: for pages that work without network, whoever was signed in last, while the server is asked.
   * @throws what is not a missing session
   */
  load(options: { remembered?: boolean } = {}): Promise<Me | null> {
    if (current) return Promise.resolve(current);
    const last = options.remembered ? recall() : null;
    if (!last) return session.reload();
    void session.reload().catch(() => {});
    return Promise.resolve(take(last));
  },
  reload(): Promise<Me | null> {
    loading ??= api.auth.me
      .query()
      .then((me) => {
        remember(me);
        return take(me);
      })
      .catch((thrown: unknown) => {
        if (refusalOf(thrown).code !== 'UNAUTHENTICATED') throw thrown;
        current = null;
        return null;
      })
      .finally(() => {
        loading = null;
      });
    return loading;
  },
  async signIn(username: string, password: string): Promise<Me> {
    await changingSession(() => api.auth.signIn.mutate({ username, password }));
    current = null;
    const me = await session.reload();
    if (!me) throw new Error('signed in, but the session is not there: cookies are blocked');
    return me;
  },
  async signOut(): Promise<void> {
    await changingSession(() => api.auth.signOut.mutate());
    forget();
    current = null;
  },
  async switchPost(postId: Me['post']['postId']): Promise<void> {
    await changingSession(() => api.auth.switchPost.mutate({ postId }));
    await session.reload();
  },
};

onSignedOut(() => {
  forget();
  current = null;
});

const HOMES: Partial<Readonly<Record<Role, string>>> = {
  leader: paths.board,
  grid_worker: paths.field.home,
  officer: paths.field.home,
  verifier: paths.field.home,
  system_admin: paths.admin.home,
  security_admin: paths.admin.home,
  audit_admin: paths.admin.home,
};

/** Where a role begins its day. */
export const homeOf = (role: Role): string => HOMES[role] ?? paths.desk.home;
