// Each order gives its money to one cart and each cart takes one order, best pair first over the whole company (docs/rules.md, credit). Pairs
// that cannot reach each other do not compete, so only the pairs connected with the carts looked at are decided again.
import { analyzeScratch, type Statements } from './statements.ts';

/** Decides credit around the seeded carts and orders. Gives how many carts got another credit. */
export async function refreshCredit(db: Statements, { now }: { now: Date }): Promise<number> {
  const tenant = db.tenantId;
  await analyzeScratch(db, 'credit_carts');
  let reached: number;
  do {
    const orders = await db.run('recompute_credit_reach_orders', { tenant });
    const carts = await db.run('recompute_credit_reach_carts', { tenant });
    reached = orders.rowCount + carts.rowCount;
  } while (reached > 0);
  await db.run('recompute_credit_pairs', { tenant });
  await analyzeScratch(db, 'credit_pairs');
  while ((await db.run('recompute_credit_round')).rowCount) {
    // every round takes at least the best pair of all
  }
  return (await db.run('recompute_write_credits', { tenant, now })).rowCount;
}
