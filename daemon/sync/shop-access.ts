// What a run asked of a shop, and as whom: kept in one row a shop for the "zero escrita" certificate, written in the transaction that ends the
// run. Shapes only, never a value. The grants cost the shop two statements, so they are asked once a day and when the connection changed.
import { AppError } from '#shared/errors.ts';
import { withoutPassword } from '#shared/grants.ts';
import type { RunId, SiteId } from '#shared/ids.ts';
import type { Shop } from '../connections/connection.ts';
import { slowMs } from '../connections/pace.ts';
import type { TenantClient } from '../db.ts';
import { clearAlert, raiseAlert } from './alerts.ts';

export type Grants = { account: string; grants: string[] };

const mostShapes = 100;

/** Is it time to ask the shop for its grants? */
export async function areGrantsDue(client: TenantClient, siteId: SiteId): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from shop_access a join connections c on c.tenant_id = a.tenant_id and c.site_id = a.site_id
     where a.tenant_id = $1 and a.site_id = $2 and a.grants_at > greatest(now() - interval '1 day', c.updated_at)`,
    [client.tenantId, siteId],
  );
  return rowCount === 0;
}

/** Who we are to the shop's server and what it lets us do; null when it does not say (a proxy may not know the statement). */
export async function readGrants({ gateway }: Shop): Promise<Grants | null> {
  try {
    const [account] = await gateway.query<{ account: string }>('select current_user() as account');
    const lines = await gateway.query<Record<string, string>>('SHOW GRANTS');
    return { account: account?.account ?? '', grants: lines.map((line) => withoutPassword(Object.values(line)[0]!)) };
  } catch (error) {
    if (gateway.isLost() || !(error instanceof AppError)) throw error;
    return null;
  }
}

/** What was sent by a run so far, as the row of the shop has it. */
export function askedOf({ gateway }: Shop) {
  const [stats, spent] = [gateway.statements(), gateway.spent()];
  const statements = stats.slice(0, mostShapes).map(({ ms, slowestMs, ...stat }) => ({
    ...stat,
    ms: Math.round(ms),
    slowestMs: Math.round(slowestMs),
  }));
  return {
    statements,
    shapeCount: stats.length,
    statementCount: spent.statements,
    ms: Math.round(spent.ms),
    restedMs: Math.round(spent.restedMs),
  };
}

/** Writes the row of the shop; `grants` null keeps those of before. */
export async function saveShopAccess(
  client: TenantClient,
  { siteId, runId, shop, grants }: { siteId: SiteId; runId: RunId; shop: Shop; grants: Grants | null },
): Promise<void> {
  const asked = askedOf(shop);
  await client.query(
    `insert into shop_access (tenant_id, site_id, run_id, server_version, flavor, read_only_variable, statement_limit_ms, account, grants, grants_at,
                              statements, shape_count, statement_count, ms, rested_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, case when $9 is null then null else now() end, $10, $11, $12, $13, $14)
     on conflict (tenant_id, site_id) do update set
       run_id = excluded.run_id, taken_at = now(), server_version = excluded.server_version, flavor = excluded.flavor,
       read_only_variable = excluded.read_only_variable, statement_limit_ms = excluded.statement_limit_ms,
       account = coalesce(excluded.account, shop_access.account), grants = coalesce(excluded.grants, shop_access.grants),
       grants_at = coalesce(excluded.grants_at, shop_access.grants_at), statements = excluded.statements, shape_count = excluded.shape_count,
       statement_count = excluded.statement_count, ms = excluded.ms, rested_ms = excluded.rested_ms`,
    [
      client.tenantId,
      siteId,
      runId,
      shop.serverVersion,
      shop.flavor,
      shop.readOnlyVariable,
      shop.statementLimitMs,
      grants?.account ?? null,
      grants ? JSON.stringify(grants.grants) : null,
      JSON.stringify(asked.statements),
      asked.shapeCount,
      asked.statementCount,
      asked.ms,
      asked.restedMs,
    ],
  );
}

/** Opens the alert `shop_slow` when this connection had to let the shop rest, closes it when it had not. */
export async function tellStrain(client: TenantClient, siteId: SiteId, { gateway }: Shop): Promise<void> {
  const { statements, ms, restedMs } = gateway.spent();
  if (restedMs === 0) return await clearAlert(client, siteId, 'shop_slow');
  await raiseAlert(client, siteId, {
    code: 'shop_slow',
    facts: {
      averageMs: String(Math.round(ms / statements)),
      limitMs: String(slowMs),
      restedSeconds: String(Math.ceil(restedMs / 1000)),
    },
  });
}
