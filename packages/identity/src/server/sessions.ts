import { createHash } from 'node:crypto';
import { type Database, defineCache, type Reader, type Schema, type Tx } from '@baxing/db';
import { placeCache } from '@baxing/jurisdictions/server';
import type { Actor } from '@baxing/kernel';
import { type Adapter, type DatabaseSession, type DatabaseUser, generateIdFromEntropySize, Lucia, TimeSpan } from 'lucia';
import type { PolicySettings } from '../settings.ts';
import { settingsOf } from './policy.ts';
import { actorIn, type HeldPost, postsOf, type PostView, validAt, viewOf } from './posts.ts';

/**
 * Sessions: the only file that knows Lucia. Owns the `session` table and the cookie; knows nothing of passwords.
 * Sessions live by wall-clock time, which is always an argument; posts are judged by product time.
 */
export const SESSION_COOKIE = 'baxing_session';
/** 200 random bits in base 32. */
const TOKEN = /^[a-z2-7]{40}$/;

interface SessionAttributes {
  postId: string;
  createdAt: number;
  lastSeenAt: number;
  /** Idle limit as stored, in wall-clock time. */
  idleExpiresAt: number;
  absoluteExpiresAt: number;
  origin: string;
}

interface UserAttributes {
  userName: string;
  mustChangePassword: boolean;
}

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<SessionAttributes, UserAttributes>;
    DatabaseSessionAttributes: SessionAttributes;
    DatabaseUserAttributes: UserAttributes;
  }
}

/** How Lucia reaches the table: through a command's transaction, or with the writer outside one. */
interface Store {
  readonly reader: Reader;
  readonly write: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}

const outside = (db: Database): Store => ({ reader: db.read, write: (work) => db.writer.run(work) });
const within = (tx: Tx): Store => ({ reader: tx, write: (work) => work(tx) });

export const sessionIdOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const attributesOf = (row: Schema['session']): SessionAttributes => ({
  postId: row.post_id,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  idleExpiresAt: row.expires_at,
  absoluteExpiresAt: row.absolute_expires_at,
  origin: row.origin,
});

/** Idle time starts anew, within the absolute limit. */
const touch = (store: Store, token: string, wallNow: number, expiresAt: number): Promise<unknown> =>
  store.write((tx) =>
    tx
      .updateTable('session')
      .set((eb) => ({ last_seen_at: wallNow, expires_at: eb.case().when('absolute_expires_at', '<', expiresAt).then(eb.ref('absolute_expires_at')).else(expiresAt).end() }))
      .where('id', '=', sessionIdOf(token))
      .execute(),
  );

/** Lucia judges by `Date.now()`; instants pass this border shifted, so that `wallNow` decides. The cookie's token never reaches the table. */
function adapter(store: Store, wallNow: number): Adapter {
  const shift = Date.now() - wallNow;
  const toDatabase = (date: Date): number => Math.round(date.getTime() - shift);
  const toLucia = (at: number): Date => new Date(at + shift);
  return {
    async getSessionAndUser(token) {
      const row = await store.reader
        .selectFrom('session')
        .innerJoin('account', 'account.id', 'session.account_id')
        .selectAll('session')
        .select(['account.user_name', 'account.must_change_password', 'account.disabled_at'])
        .where('session.id', '=', sessionIdOf(token))
        .executeTakeFirst();
      if (!row) return [null, null];
      const session: DatabaseSession = {
        id: token,
        userId: row.account_id,
        expiresAt: toLucia(row.expires_at),
        attributes: attributesOf(row),
      };
      const user: DatabaseUser = { id: row.account_id, attributes: { userName: row.user_name, mustChangePassword: row.must_change_password === 1 } };
      return [session, row.disabled_at === null ? user : null];
    },
    /** Ids are the stored hashes: the tokens themselves are nowhere. */
    async getUserSessions(userId) {
      const rows = await store.reader.selectFrom('session').selectAll().where('account_id', '=', userId).orderBy('created_at').orderBy('id').execute();
      return rows.map((row) => ({
        id: row.id,
        userId: row.account_id,
        expiresAt: toLucia(row.expires_at),
        attributes: attributesOf(row),
      }));
    },
    async setSession({ id, userId, attributes }) {
      await store.write((tx) =>
        tx
          .insertInto('session')
          .values({
            id: sessionIdOf(id),
            account_id: userId,
            post_id: attributes.postId,
            created_at: attributes.createdAt,
            last_seen_at: attributes.lastSeenAt,
            expires_at: Math.min(attributes.idleExpiresAt, attributes.absoluteExpiresAt),
            absolute_expires_at: attributes.absoluteExpiresAt,
            origin: attributes.origin,
          })
          .execute(),
      );
    },
    async updateSessionExpiration(token, expiresAt) {
      await touch(store, token, wallNow, toDatabase(expiresAt));
    },
    async deleteSession(token) {
      await store.write((tx) => tx.deleteFrom('session').where('id', '=', sessionIdOf(token)).execute());
    },
    async deleteUserSessions(userId) {
      await store.write((tx) => tx.deleteFrom('session').where('account_id', '=', userId).execute());
    },
    async deleteExpiredSessions() {
      await store.write((tx) => tx.deleteFrom('session').where('expires_at', '<=', wallNow).execute());
    },
  };
}

const luciaOn = (store: Store, settings: PolicySettings, wallNow: number, secure = false) =>
  new Lucia<SessionAttributes, UserAttributes>(adapter(store, wallNow), {
    sessionExpiresIn: new TimeSpan(settings.session.idleMinutes, 'm'),
    sessionCookie: { name: SESSION_COOKIE, attributes: { sameSite: 'lax', path: '/', secure } },
    getSessionAttributes: (attributes) => attributes,
    getUserAttributes: (attributes) => attributes,
  });

const nowhere: Store = { reader: null as never, write: () => Promise.reject(new Error('a cookie needs no table')) };

/** `Set-Cookie` for a new session. The cookie lasts as long as a session may; the server decides when it ends earlier. */
export function sessionCookie(settings: PolicySettings, token: string, secure: boolean): string {
  const cookie = luciaOn(nowhere, settings, 0, secure).createSessionCookie(token);
  cookie.attributes.maxAge = settings.session.absoluteMinutes * 60;
  return cookie.serialize();
}

/** `Set-Cookie` that removes it. */
export const blankSessionCookie = (settings: PolicySettings, secure: boolean): string => luciaOn(nowhere, settings, 0, secure).createBlankSessionCookie().serialize();

/** The token in a `Cookie` header, or the bare token itself. Lucia's own parser throws on other sites' malformed cookies. */
export function readSessionToken(credential: string | null | undefined): string | null {
  if (!credential || credential.length > 8192) return null;
  if (TOKEN.test(credential)) return credential;
  for (const part of credential.split(';')) {
    const [name, value = ''] = part.trim().split('=', 2);
    if (name === SESSION_COOKIE && TOKEN.test(value)) return value;
  }
  return null;
}

/** Made outside the command, because chance is an argument there. */
export const newSessionToken = (): string => generateIdFromEntropySize(25);

/** Opens a session in the transaction of the sign-in. The oldest ones beyond the account's limit end. */
export async function openSession(tx: Tx, settings: PolicySettings, wallNow: number, session: { token: string; accountId: string; postId: string; address: string }): Promise<void> {
  const lucia = luciaOn(within(tx), settings, wallNow);
  const open = await lucia.getUserSessions(session.accountId);
  const surplus = open.slice(0, Math.max(0, open.length + 1 - settings.session.perAccountMax)).map(({ id }) => id);
  if (surplus.length > 0) await tx.deleteFrom('session').where('id', 'in', surplus).execute();
  await lucia.createSession(
    session.accountId,
    {
      postId: session.postId,
      createdAt: wallNow,
      lastSeenAt: wallNow,
      idleExpiresAt: wallNow + settings.session.idleMinutes * 60_000,
      absoluteExpiresAt: wallNow + settings.session.absoluteMinutes * 60_000,
      origin: session.address.slice(0, 64),
    },
    { sessionId: session.token },
  );
}

export async function closeSession(tx: Tx, settings: PolicySettings, token: string): Promise<void> {
  await luciaOn(within(tx), settings, 0).invalidateSession(token);
}

/** Ends every session of the account, or all but the one that is kept. */
export async function closeSessionsOf(tx: Tx, accountId: string, keepToken?: string): Promise<void> {
  let gone = tx.deleteFrom('session').where('account_id', '=', accountId);
  if (keepToken !== undefined) gone = gone.where('id', '!=', sessionIdOf(keepToken));
  await gone.execute();
}

export async function moveSessionToPost(tx: Tx, token: string, postId: string): Promise<void> {
  await tx.updateTable('session').set({ post_id: postId }).where('id', '=', sessionIdOf(token)).execute();
}

/** Removes sessions that have run out. */
export const removeExpiredSessions = (db: Database, wallNow: number): Promise<void> => luciaOn(outside(db), settingsOf(db), wallNow).deleteExpiredSessions();

/** Who is signed in, in which post. */
export interface ResolvedSession {
  readonly actor: Actor;
  /** Until the own password is set, nothing but `auth.*` is answered. */
  readonly mustChangePassword: boolean;
  readonly post: PostView;
  /** Posts to choose from at this instant. */
  readonly posts: readonly PostView[];
  /** The cookie's secret: for the verbs of this package, never for a log. */
  readonly token: string;
  /** Wall-clock instant at which it ends unless it is used. */
  readonly expiresAt: number;
}

/** Sessions live by the wall's clock, posts by the product's. */
export interface Instants {
  readonly wallNow: number;
  readonly at: number;
}

interface Remembered {
  readonly resolved: ResolvedSession;
  readonly readAt: number;
  /** Product time between which the choice of posts does not change. */
  readonly from: number;
  readonly until: number;
  /** A place that moves to another parent moves at its instant, remembered or not. */
  readonly areaPath: string;
}

const REMEMBER_MS = 5000;
const REMEMBER_MAX = 10_000;

/**
 * Sessions that were just looked up. Whatever ends or changes one invalidates this cache and so starts an empty memory in every process;
 * a lookup that began before keeps writing into the old one.
 */
export const sessionsCache = defineCache('sessions', () => Promise.resolve(new Map<string, Remembered>()));

function stableSpan(posts: readonly HeldPost[], at: number): { from: number; until: number } {
  const edges = posts.flatMap((post) => (post.validTo === null ? [post.validFrom] : [post.validFrom, post.validTo]));
  return { from: Math.max(-Infinity, ...edges.filter((edge) => edge <= at)), until: Math.min(Infinity, ...edges.filter((edge) => edge > at)) };
}

const areaPathAt = (db: Database, areaId: string | null, at: number): string => (areaId === null ? '' : db.caches.get(placeCache).pathOf(areaId, at));

/**
 * The session behind a cookie or token, or null: unknown, expired (idle or absolute, by `wallNow`), account disabled, or no post valid at `at`.
 * A session whose post has ended goes on in the account's first valid post. Costs nothing on the database for 5 s after the last look.
 */
export async function resolveSession(db: Database, credential: string | null | undefined, { wallNow, at }: Instants): Promise<ResolvedSession | null> {
  const token = readSessionToken(credential);
  if (token === null) return null;
  const memory = db.caches.get(sessionsCache);
  const known = memory.get(token);
  if (known && isFresh(db, known, { wallNow, at })) return known.resolved;
  memory.delete(token);

  const settings = settingsOf(db);
  const store = outside(db);
  const { session, user } = await luciaOn(store, settings, wallNow).validateSession(token);
  if (!session) return null;
  const touched = wallNow - session.lastSeenAt >= settings.session.touchMinutes * 60_000;
  const expiresAt = touched ? Math.min(wallNow + settings.session.idleMinutes * 60_000, session.absoluteExpiresAt) : session.idleExpiresAt;
  if (touched) await touch(store, token, wallNow, expiresAt);

  const held = await postsOf(db, user.id, at);
  const valid = held.filter(validAt(at));
  const current = valid.find((post) => post.postId === session.postId) ?? valid[0];
  if (!current) return null;
  const resolved: ResolvedSession = {
    actor: actorIn(db, user, current, at),
    mustChangePassword: user.mustChangePassword,
    post: viewOf(current),
    posts: valid.map(viewOf),
    token,
    expiresAt,
  };
  if (memory.size >= REMEMBER_MAX) memory.delete(memory.keys().next().value!);
  memory.set(token, { resolved, readAt: wallNow, ...stableSpan(held, at), areaPath: areaPathAt(db, current.areaId, at) });
  return resolved;
}

function isFresh(db: Database, { resolved, readAt, from, until, areaPath }: Remembered, { wallNow, at }: Instants): boolean {
  if (wallNow < readAt || wallNow - readAt >= REMEMBER_MS || wallNow >= resolved.expiresAt || at < from || at >= until) return false;
  return areaPath === areaPathAt(db, resolved.actor.areaId, at);
}

/** Whether the session still stands in the same post; for connections that outlive a request. */
export async function resolvePost(db: Database, session: ResolvedSession, instants: Instants): Promise<boolean> {
  const now = await resolveSession(db, session.token, instants);
  return now?.actor.postId === session.actor.postId;
}
