// 13: the cart plugin, asked of the sources: which table, whether its carts have phones (a checkout that asks for the mobile in another field gives
// none), when the last cart was, and whether the plugin's cron still runs.
import type { ShopContext } from '../../source.ts';
import { tableOf } from '../../wordpress/row-fields.ts';
import type { Check, DoctorContext, Finding } from '../check.ts';
import { countRows, daysBetween, sampleNewest, shopOf, streamsOf } from '../sample.ts';

const looksAt = 200;
/** Fewer carts than this say nothing about the others. */
const fewest = 10;
const phonesExpected = 0.3;
const oldAfterDays = 30;
/** The plugin's cron takes minutes; our cut-off is an hour, and two more must have passed. */
const stuckAfterMs = 3 * 3_600_000;
const stuckForgottenMs = 30 * 86_400_000;

export const carts: Check = {
  nn: 13,
  name: 'Carrinhos abandonados',
  needs: ['shop', 'facts'],
  async run(context): Promise<Finding> {
    const shop = shopOf(context);
    const now = context.now();
    const { cartTables } = context.found.facts!;
    const found = streamsOf(context, shop, 'cart');
    if (found.length === 0 && cartTables.length > 1) {
      return {
        state: 'warning',
        code: 'cart_table_choice',
        facts: { found: cartTables.join(', ') },
        details: { tables: cartTables },
      };
    }
    if (found.length === 0) return { state: 'warning', code: 'carts_missing', facts: {} };

    let count = 0;
    const records = [];
    for (const { stream } of found) {
      count += await countRows(context, shop, stream);
      records.push(...(await sampleNewest(context, shop, { stream, limit: looksAt })).records);
    }
    const facts: Record<string, string> = {
      plugin: [...new Set(found.map(({ source }) => source.label))].join(' e '),
      ...(shop.cartTable !== null && { table: shop.prefix + shop.cartTable }),
      count: String(count),
    };
    if (records.length === 0) return { state: 'ok', code: 'carts_none', facts };

    const withPhone = records.filter(({ phones }) => phones.some((phone) => (phone ?? '').trim() !== '')).length;
    const times = records.map(({ activityAt }) => activityAt.getTime());
    const lastAt = new Date(Math.max(...times));
    const stuck = records.filter(({ pluginStatus, activityAt }) => {
      const age = now.getTime() - activityAt.getTime();
      return pluginStatus === 'normal' && age > stuckAfterMs && age < stuckForgottenMs;
    }).length;
    Object.assign(facts, {
      sampled: String(records.length),
      phonePercent: String(Math.round((100 * withPhone) / records.length)),
      lastAt: lastAt.toISOString(),
      days: String(daysBetween(lastAt, now)),
      recoveryPage: await hasCheckoutPage(
        context,
        shop,
        records.flatMap(({ checkoutPageId }) => checkoutPageId ?? []),
      ),
    });
    const problems = [
      ...(records.length >= fewest && withPhone / records.length < phonesExpected ? ['carts_without_phone'] : []),
      ...(stuck > 0 ? ['wp_cron_stopped'] : []),
      ...(daysBetween(lastAt, now) > oldAfterDays ? ['carts_old'] : []),
    ];
    if (stuck > 0) facts.stuck = String(stuck);
    const [first, ...also] = problems;
    if (first === undefined) return { state: 'ok', code: 'carts_found', facts };
    return { state: 'warning', code: first, facts, details: { also: also.map((code) => ({ code, facts })) } };
  },
};

/** The plugin's recovery link leads to the checkout page of the cart: is that page there? `unknown` where carts name none. */
async function hasCheckoutPage({ found }: DoctorContext, shop: ShopContext, pageIds: string[]): Promise<string> {
  const ids = [...new Set(pageIds)].slice(0, 20);
  if (ids.length === 0) return 'unknown';
  const rows = await found.shop!.gateway.query(
    `select ID as id from ${tableOf(shop, 'posts')} where ID in (:ids) and post_status = 'publish'`,
    { ids },
  );
  return rows.length > 0 ? 'yes' : 'no';
}
