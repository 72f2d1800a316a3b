// Personal tokens: what another program shows instead of a session. Only the hash is kept, and a token is worth nothing beyond its company, its scopes
// and what its person may do at that moment.
import type { TenantId, UserId } from '#shared/ids.ts';
import { createLoginToken, hashToken } from '#shared/login-links.ts';
import type { ApiScope, ApiTokenRow } from '#web/pages/account-types.ts';
import { audit } from '../audit.ts';
import type { Database } from '../db.ts';

/** So that scanners for leaked secrets, and people, know one. */
const prefix = 'cel_';
const mostTokens = 20;

type Place = Pick<Database, 'sql' | 'withTenant' | 'withUser'>;
type FoundToken = { tenantId: TenantId; id: string; userId: UserId; scopes: readonly ApiScope[] };

/** `Authorization: Bearer cel_…` as its token; null without one, '' for another kind of authorization. */
export function bearerOf(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  return /^Bearer +(\S{1,200}) *$/i.exec(authorization)?.[1] ?? '';
}

/** The token in force, or null. Marks it as used, at most once a minute. */
export async function findToken({ sql, withTenant }: Place, bearer: string): Promise<FoundToken | null> {
  if (!bearer.startsWith(prefix)) return null;
  const [found] = await sql<(FoundToken & { isStale: boolean })[]>`
    select tenant_id, id, user_id, scopes, is_stale from find_api_token(${hashToken(bearer)})`;
  if (!found) return null;
  const { isStale, ...token } = found;
  if (isStale) {
    await withTenant(
      token.tenantId,
      (tx) => tx`update api_tokens set last_used_at = now() where tenant_id = ${token.tenantId} and id = ${token.id}`,
    );
  }
  return token;
}

/** The person's tokens, also those that are over, newest first. */
export async function listTokens({ withUser }: Place, userId: UserId): Promise<ApiTokenRow[]> {
  const rows = await withUser(
    userId,
    (tx) => tx<ApiTokenRow[]>`
      select k.id, k.name, k.hint, k.scopes, k.created_at, k.expires_at, k.last_used_at, t.id as tenant_id, t.name as tenant_name,
             case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'active' end as state
      from api_tokens k join tenants t on t.id = k.tenant_id
      where k.user_id = ${userId} and (k.revoked_at is null or k.revoked_at > now() - interval '7 days')
      order by (k.revoked_at is null and k.expires_at > now()) desc, k.created_at desc, k.id desc limit 50`,
  );
  return [...rows];
}

type NewToken = { tenantId: TenantId; userId: UserId; name: string; scopes: readonly ApiScope[]; days: number };

/** Makes a token and gives it, this once; null when the person has too many in the company. */
export async function createToken(
  { withTenant }: Place,
  { tenantId, userId, name, scopes, days }: NewToken,
): Promise<string | null> {
  const bearer = prefix + createLoginToken().token;
  return await withTenant(tenantId, async (tx) => {
    const [row] = await tx<{ id: string }[]>`
      insert into api_tokens (tenant_id, user_id, name, token_hash, hint, scopes, expires_at)
      select ${tenantId}, ${userId}, ${name}, ${hashToken(bearer)}, ${bearer.slice(0, prefix.length + 4)}, ${[...scopes]},
             now() + make_interval(days => ${days})
      where (select count(*) from api_tokens where user_id = ${userId} and revoked_at is null and expires_at > now()) < ${mostTokens}
      returning id`;
    if (!row) return null;
    const facts = { scopes: scopes.join(','), days };
    await audit(tx, { tenantId, userId }, { action: 'token.created', entity: 'token', entityId: row.id, facts });
    return bearer;
  });
}

/** Ends one of the person's tokens at once; false when there is none such. */
export async function revokeToken(
  { withTenant }: Place,
  { tenantId, userId, id }: { tenantId: TenantId; userId: UserId; id: string },
): Promise<boolean> {
  return await withTenant(tenantId, async (tx) => {
    const rows = await tx`
      update api_tokens set revoked_at = now() where id = ${id} and user_id = ${userId} and revoked_at is null returning 1`;
    if (rows.length === 0) return false;
    await audit(tx, { tenantId, userId }, { action: 'token.revoked', entity: 'token', entityId: id });
    return true;
  });
}

/** Ends all of the person's tokens, in every company; gives how many. */
export async function revokeAllTokens(place: Place, userId: UserId): Promise<number> {
  const active = (await listTokens(place, userId)).filter(({ state }) => state === 'active');
  for (const { id, tenantId } of active) await revokeToken(place, { tenantId: tenantId as TenantId, userId, id });
  return active.length;
}
