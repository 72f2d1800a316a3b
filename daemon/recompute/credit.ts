// Each order gives its money to one cart and each cart takes one order, best pair first over the whole company (docs/rules.md, credit). Pairs
// that cannot reach each other do not compete, so only the pairs connected with the carts looked at are decided again.
import { runQuery, type TenantClient } from '../db.ts';
import { analyzeScratch } from './pass.ts';

/** Decides credit around the seeded carts and orders. Gives how many carts got another credit. */
export async function refreshCredit(client: TenantClient, { now }: { now: Date }): Promise<number> {
  const tenant = client.tenantId;
  await analyzeScratch(client, 'credit_carts');
  let reached: number;
  do {
    const orders = await runQuery(client, 'recompute_credit_reach_orders', { tenant });
    const carts = await runQuery(client, 'recompute_credit_reach_carts', { tenant });
    reached = (orders.rowCount ?? 0) + (carts.rowCount ?? 0);
  } while (reached > 0);
  await runQuery(client, 'recompute_credit_pairs', { tenant });
  await analyzeScratch(client, 'credit_pairs');
  while ((await runQuery(client, 'recompute_credit_round')).rowCount) {
    // every round takes at least the best pair of all
  }
  return (await runQuery(client, 'recompute_write_credits', { tenant, now })).rowCount ?? 0;
}
