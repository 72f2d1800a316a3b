// One status has one class per shop (docs/rules.md, order classes): an order that gets a paid date can turn every order in its unknown status
// into a paid one. The rule itself is the SQL function order_class().
import type { SiteId } from '#shared/ids.ts';
import { runQuery, type TenantClient } from '../db.ts';

/**
 * Notes new order statuses of the shop, keeps has_paid_order, re-classes the orders whose class changes by it and queues them. Runs inside the
 * batch's transaction; cheap when nothing changed. `isWhole` looks at every order: after somebody changed a status' class by hand.
 * Gives how many orders changed class.
 */
export async function refreshOrderClasses(
  client: TenantClient,
  siteId: SiteId,
  { isWhole = false }: { isWhole?: boolean } = {},
): Promise<number> {
  const shop = { tenant: client.tenantId, site: siteId };
  const { rows } = await runQuery<{ wc_status: string }>(client, 'recompute_refresh_statuses', shop);
  if (rows.length === 0 && !isWhole) return 0;
  const statuses = isWhole ? null : rows.map((row) => row.wc_status);
  const { rowCount } = await runQuery(client, 'recompute_reclass_orders', { ...shop, statuses });
  return rowCount ?? 0;
}
