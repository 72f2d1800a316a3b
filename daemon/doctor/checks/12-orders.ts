// 12: WooCommerce's orders: where the true ones are, how many, and whether the newest is of today. A database whose newest order is weeks old is
// mostly a copy for tests.
import type { Check, Finding } from '../check.ts';
import { countRows, daysBetween, sampleNewest, shopOf, streamsOf } from '../sample.ts';

/** A shop that sells has an order in a month. */
const oldAfterDays = 30;
const looksAt = 200;

export const orders: Check = {
  nn: 12,
  name: 'Pedidos do WooCommerce',
  needs: ['shop', 'facts'],
  async run(context): Promise<Finding> {
    const shop = shopOf(context);
    const [found] = streamsOf(context, shop, 'order');
    if (!found) return { state: 'error', code: 'woocommerce_missing', facts: { prefix: shop.prefix } };
    const { stream } = found;
    const count = await countRows(context, shop, stream);
    const { records } = await sampleNewest(context, shop, { stream, limit: looksAt });
    const newest = Math.max(...records.map(({ createdAt }) => createdAt?.getTime() ?? 0));
    // Its feature writes a source for every order made at a checkout; orders made by hand have none.
    const hasAttribution = records.some(({ utmSource }) => utmSource !== null);
    const facts = {
      storage: shop.orderStorage ?? '',
      count: String(count),
      attribution: hasAttribution ? 'on' : 'off',
      ...(newest > 0 && {
        newestAt: new Date(newest).toISOString(),
        days: String(daysBetween(new Date(newest), context.now())),
      }),
    };
    if (records.length === 0) return { state: 'warning', code: 'orders_none', facts };
    const details = { orderStatuses: countStatuses(records) };
    if (Number(facts.days ?? 0) > oldAfterDays) return { state: 'warning', code: 'orders_old', facts, details };
    return { state: 'ok', code: 'orders_found', facts, details };
  },
};

/** The statuses of the newest orders, most orders first: counting all would have the shop read a whole index. */
function countStatuses(records: readonly { wcStatus: string }[]): { status: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { wcStatus } of records) counts.set(wcStatus, (counts.get(wcStatus) ?? 0) + 1);
  return [...counts].map(([status, count]) => ({ status, count })).sort((a, b) => b.count - a.count);
}
