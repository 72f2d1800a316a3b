// Sessions: a random cookie of which the table keeps the SHA-256. Idle for 12 hours, or 7 days after login, it is worth nothing.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { UserId } from '#shared/ids.ts';
import { createLoginToken, hashToken } from '#shared/login-links.ts';
import type { AppEnv, Company, SignedUser } from '../context.ts';
import type { Sql, Tx } from '../db.ts';
import { deviceOf } from './device.ts';

const absoluteDays = 7;
const idleHours = 12;

type SessionPlace = { sql: Sql; publicUrl: string };

const isHttps = (publicUrl: string) => publicUrl.startsWith('https:');

/** A `__Host-` name is refused by browsers without Secure, so plain http has its own. */
export const sessionCookieName = (publicUrl: string) => (isHttps(publicUrl) ? '__Host-sessao' : 'sessao');

/** The hash of the session that the cookie names; null without one. */
function readHash(c: Context<AppEnv>, publicUrl: string): Buffer | null {
  const token = getCookie(c, sessionCookieName(publicUrl));
  return token && token.length <= 200 ? hashToken(token) : null;
}

const holds = (sql: Sql, sessionHash: Buffer) => sql`
  s.token_hash = ${sessionHash} and s.expires_at > now() and s.last_seen_at > now() - make_interval(hours => ${idleHours}) and u.disabled_at is null`;

/** Marks the session as used, at most once a minute. */
async function markUsed(sql: Sql, sessionHash: Buffer, isStale: boolean): Promise<void> {
  if (isStale) await sql`update sessions set last_seen_at = now() where token_hash = ${sessionHash}`;
}

/** Who is signed in, or null. */
export async function findSession(c: Context<AppEnv>, { sql, publicUrl }: SessionPlace): Promise<SignedUser | null> {
  const sessionHash = readHash(c, publicUrl);
  if (!sessionHash) return null;
  const [user] = await sql<(Omit<SignedUser, 'sessionHash'> & { isStale: boolean })[]>`
    select u.id, u.name, u.email, u.is_superadmin, s.last_seen_at < now() - interval '1 minute' as is_stale
    from sessions s join users u on u.id = s.user_id where ${holds(sql, sessionHash)}`;
  if (!user) return null;
  const { isStale, ...signed } = user;
  await markUsed(sql, sessionHash, isStale);
  return { ...signed, sessionHash };
}

/** findSession() with what listOpenCompanies() gives, in one statement: every page asks. */
export async function findSessionAndCompanies(
  c: Context<AppEnv>,
  { sql, publicUrl }: SessionPlace,
): Promise<{ user: SignedUser; companies: Company[] } | null> {
  const sessionHash = readHash(c, publicUrl);
  if (!sessionHash) return null;
  type Signed = { userId: UserId; userName: string; email: string; isSuperadmin: boolean; isStale: boolean };
  const rows = await sql<(Signed & (Company | { id: null }))[]>`
    select u.id as user_id, u.name as user_name, u.email, u.is_superadmin, s.last_seen_at < now() - interval '1 minute' as is_stale, o.*
    from sessions s join users u on u.id = s.user_id
    left join lateral open_companies(u.id, u.is_superadmin, s.token_hash) o on true
    where ${holds(sql, sessionHash)} order by o.name, o.id`;
  const [first] = rows;
  if (!first) return null;
  await markUsed(sql, sessionHash, first.isStale);
  const companies = rows.flatMap(
    ({ userId: _, userName: __, email: ___, isSuperadmin: ____, isStale: _____, ...company }) =>
      company.id === null ? [] : [company],
  );
  const { userId: id, userName: name, email, isSuperadmin } = first;
  return { user: { id, name, email, isSuperadmin, sessionHash }, companies };
}

/** The sessions of these hashes that still hold, as hex: what the live feed asks when sessions end. */
export async function listValidSessions(sql: Sql, hashes: Buffer[]): Promise<Set<string>> {
  const rows = await sql<{ hash: string }[]>`
    select encode(s.token_hash, 'hex') as hash
    from sessions s join users u on u.id = s.user_id
    where s.token_hash in (select decode(hash, 'hex') from unnest(${hashes.map((hash) => hash.toString('hex'))}::text[]) hash) and s.expires_at > now()
      and s.last_seen_at > now() - make_interval(hours => ${idleHours}) and u.disabled_at is null`;
  return new Set(rows.map((row) => row.hash));
}

/** Signs a person in: a new session id, and the one that came with the request (if any) ends. Also clears out sessions long over. */
export async function startSession(
  c: Context<AppEnv>,
  { sql, publicUrl, userId }: { sql: Sql | Tx; publicUrl: string; userId: UserId },
): Promise<void> {
  const name = sessionCookieName(publicUrl);
  const previous = getCookie(c, name);
  if (previous) await sql`delete from sessions where token_hash = ${hashToken(previous)}`;
  await sql`delete from sessions where user_id = ${userId} and expires_at < now()`;
  const { token, tokenHash } = createLoginToken();
  await sql`
    insert into sessions (token_hash, user_id, device, expires_at)
    values (${tokenHash}, ${userId}, ${deviceOf(c.req.header('User-Agent'))}, now() + make_interval(days => ${absoluteDays}))`;
  setCookie(c, name, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isHttps(publicUrl),
    maxAge: absoluteDays * 86_400,
  });
}

/** Ends the session and tells every process, which closes its live connections. */
export async function endSession(
  c: Context<AppEnv>,
  { sql, publicUrl }: SessionPlace,
  user: SignedUser,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`delete from sessions where token_hash = ${user.sessionHash}`;
    await tx`select pg_notify('carrinho_session', json_build_object('user', ${user.id}::text)::text)`;
  });
  deleteCookie(c, sessionCookieName(publicUrl), { path: '/', secure: isHttps(publicUrl) });
}

/** Ends every session of this person but the one that asks, and tells every process. */
export async function endOtherSessions(
  tx: Tx,
  { id, sessionHash }: Pick<SignedUser, 'id' | 'sessionHash'>,
): Promise<void> {
  await tx`delete from sessions where user_id = ${id} and token_hash <> ${sessionHash}`;
  await tx`select pg_notify('carrinho_session', json_build_object('user', ${id}::text)::text)`;
}
