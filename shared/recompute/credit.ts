// Each order gives its money to one cart and each cart takes one order, best pair first over the whole company (docs/rules.md, credit). Pairs
// that cannot reach each other do not compete, so only the pairs connected with the carts looked at are decided again.
import { analyzeScratch, type Statements } from './statements.ts';

/** Decides credit around the seeded carts and orders, or over all carts when `isFull`. Gives how many carts got another credit. */
export async function refreshCredit(db: Statements, { now, isFull }: { now: Date; isFull: boolean }): Promise<number> {
  const tenant = db.tenantId;
  await db.run(isFull ? 'recompute_credit_all' : 'recompute_credit_reach', { tenant });
  await analyzeScratch(db, 'credit_carts');
  const { rowCount } = await db.run('recompute_credit_pairs', { tenant });
  await analyzeScratch(db, 'credit_pairs');
  await decideCredit(db, rowCount);
  await analyzeScratch(db, 'credits');
  return (await db.run('recompute_write_credits', { tenant, now })).rowCount;
}

/** A round that leaves more than this share of the pairs is followed by taking one pair after the other: chains would need a round for each pair. */
const leastTaken = 1 / 8;
const pagePairs = 10_000;

/**
 * Moves from credit_pairs, which holds `pairs` rows, to credits what taking one pair after the other, best first, would take. Rounds of mutually
 * best pairs do it for all pairs at once; the total work stays in proportion to the pairs, because every round but the last removes its share.
 */
export async function decideCredit(db: Statements, pairs: number): Promise<void> {
  let left = pairs;
  while (left > 0) {
    const { rowCount: removed } = await db.run('recompute_credit_round');
    left -= removed;
    if (removed < leastTaken * (left + removed)) break;
  }
  if (left > 0) await takeOneByOne(db);
}

type Pair = { position: string; cart_id: string; order_id: string };

async function takeOneByOne(db: Statements): Promise<void> {
  for (let position = '0'; ; ) {
    const { rows } = await db.run<Pair>('recompute_credit_rest', { position, limit: pagePairs });
    if (rows.length === 0) return;
    const carts = new Set<string>();
    const orders = new Set<string>();
    for (const pair of rows) {
      if (carts.has(pair.cart_id) || orders.has(pair.order_id)) continue;
      carts.add(pair.cart_id);
      orders.add(pair.order_id);
    }
    await db.run('recompute_credit_take', { carts: [...carts], orders: [...orders] });
    position = rows.at(-1)!.position;
  }
}
