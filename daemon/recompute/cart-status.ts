// Which orders a cart met and what that makes of it, at an instant (docs/rules.md, match and cart status). The rules are in
// recompute_scope_equal_pairs, recompute_scope_pairs and recompute_write_statuses; here is only their order.
import { runQuery, type TenantClient } from '../db.ts';
import { refreshCredit } from './credit.ts';
import { analyzeScratch } from './pass.ts';

/** Puts into the scope the carts whose matches may differ from what is written. */
export async function scopeTouchedCarts(client: TenantClient, { isFull }: { isFull: boolean }): Promise<void> {
  await runQuery(client, 'recompute_scope_carts', { tenant: client.tenantId, is_full: isFull });
}

/** Puts into the scope the carts that time alone has changed; gives how many. */
export async function scopeDueCarts(client: TenantClient, { now }: { now: Date }): Promise<number> {
  return (await runQuery(client, 'recompute_due_carts', { tenant: client.tenantId, now })).rowCount ?? 0;
}

/** Matches, statuses, log of changes and credit of the carts in the scope. Gives how many cart rows changed. */
export async function refreshCarts(client: TenantClient, { now }: { now: Date }): Promise<number> {
  const tenant = client.tenantId;
  await analyzeScratch(client, 'scope_carts');
  await runQuery(client, 'recompute_scope_equal_pairs', { tenant });
  await analyzeScratch(client, 'equal_pairs');
  await runQuery(client, 'recompute_scope_pairs', { tenant });
  await analyzeScratch(client, 'scope_pairs');
  await runQuery(client, 'recompute_credit_seed', { tenant });
  const dropped = await runQuery(client, 'recompute_drop_matches', { tenant });
  const matched = await runQuery(client, 'recompute_write_matches', { tenant });
  const judged = await runQuery(client, 'recompute_write_statuses', { tenant, now });
  const credited = await refreshCredit(client, { now });
  return (dropped.rowCount ?? 0) + (matched.rowCount ?? 0) + (judged.rowCount ?? 0) + credited;
}
