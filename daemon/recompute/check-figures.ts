// The figures by day against the rows that they count. Triggers keep them in the transaction of every change (sql/migrations/0018), so a difference
// means that something wrote past them; the nightly check tells, and a person has them counted anew.
import type { TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { type Pool, runQuery, type TenantClient, withTenant } from '../db.ts';
import { clearAlert, raiseAlert } from '../sync/alerts.ts';
import { recomputeAll, recomputeDue, recomputeQueued } from './recompute.ts';

export type FigureDifference = {
  kind: 'carts' | 'orders' | 'refunds' | 'leads';
  /** Null: of what has no readable date. */
  day: string | null;
  /** The lines of that day that only one side has. */
  kept: Record<string, unknown>[];
  truth: Record<string, unknown>[];
};

/** Where the figures by day differ from the rows, in one statement and so on one picture of both. */
export async function findFigureDifferences(client: TenantClient): Promise<FigureDifference[]> {
  const { rows } = await runQuery<FigureDifference>(client, 'check_figures', { tenant: client.tenantId });
  return rows;
}

/** Counts the company's days anew, after whoever is writing has ended. */
export async function rebuildFigures(client: TenantClient): Promise<void> {
  await client.query('select rebuild_figures($1)', [client.tenantId]);
}

/**
 * After a shop's nightly pass: a recompute over everything must change nothing, and the figures by day must be what their rows say. What differs is
 * an alert of that shop and a line in the log. The recompute has mended its part by then; the figures wait for a person, so that the cause is looked for.
 */
export async function checkTruth(
  pool: Pool,
  { tenantId, siteId, now, log }: { tenantId: TenantId; siteId: Parameters<typeof raiseAlert>[1]; now: Date; log: Log },
): Promise<{ changed: number; differences: number }> {
  await recomputeQueued(pool, tenantId, { now, log });
  await recomputeDue(pool, tenantId, { now, log });
  const changed = await recomputeAll(pool, tenantId, { now, log });
  return await withTenant(pool, tenantId, async (client) => {
    const differences = (await findFigureDifferences(client)).length;
    const found = [
      { code: 'recompute_differs', count: changed },
      { code: 'figures_differ', count: differences },
    ];
    for (const { code, count } of found) {
      if (count === 0) {
        await clearAlert(client, siteId, code);
        continue;
      }
      await raiseAlert(client, siteId, { code, facts: { count: String(count) } });
      log.warn('truth.differs', { tenant: tenantId, site: siteId, code, count });
    }
    return { changed, differences };
  });
}
