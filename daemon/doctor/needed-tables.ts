// Which tables a user must be able to read. The server hides a table that the user has no right on, so what is there cannot simply be listed:
// WordPress' own tables are always expected, those of WooCommerce and the plugins where an option says that they are in use.
import { AppError } from '#shared/errors.ts';
import { type Gateway, quoteIdentifier } from '../connections/gateway.ts';
import { findPrefixes } from '../wordpress/table-prefix.ts';
import type { DoctorSite } from './check.ts';

const wordpress = ['options', 'posts', 'postmeta', 'users', 'usermeta'];
const woocommerce = ['woocommerce_order_items', 'woocommerce_order_itemmeta'];
const hpos = ['wc_orders', 'wc_orders_meta', 'wc_order_addresses', 'wc_order_operational_data'];
/** By the folder of the plugin in the option `active_plugins`. */
const plugins: Record<string, string[]> = {
  'woocommerce/': woocommerce,
  'form-vibes/': ['fv_enteries', 'fv_entry_meta'],
  'woo-cart-abandonment-recovery/': ['cartflows_ca_cart_abandonment', 'cartflows_ca_email_history'],
};
const families = [woocommerce, hpos, ...Object.values(plugins)];

/** Full names, in the order to ask. Empty when no WordPress is seen, or several and none was chosen: check 11 tells those. */
export async function neededTables(gateway: Gateway, site: DoctorSite): Promise<string[]> {
  const rows = await gateway.query<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = database()',
  );
  const visible = new Set(rows.map(({ name }) => name));
  const prefix = site.tablePrefix ?? onlyPrefix(visible);
  if (prefix === null) return [];
  const wanted = new Set(wordpress);
  // In a multisite the network's users are elsewhere.
  if (!visible.has(`${prefix}users`) && /_\d+_$/.test(prefix))
    for (const name of ['users', 'usermeta']) wanted.delete(name);
  for (const family of families) {
    if (family.some((name) => visible.has(prefix + name))) for (const name of family) wanted.add(name);
  }
  const options = await readOptions(gateway, prefix);
  for (const [folder, names] of Object.entries(plugins)) {
    if (options.active_plugins?.includes(`"${folder}`)) for (const name of names) wanted.add(name);
  }
  if (options.woocommerce_custom_orders_table_enabled === 'yes') for (const name of hpos) wanted.add(name);
  if (site.cartTable) wanted.add(site.cartTable);
  return [...wanted].map((name) => prefix + name);
}

/** The one prefix there is. With `options` or `posts` hidden it is the one that most of WordPress' other tables have. */
function onlyPrefix(visible: ReadonlySet<string>): string | null {
  const found = findPrefixes(visible);
  if (found.length > 0) return found.length === 1 ? found[0]!.prefix : null;
  const hits = new Map<string, number>();
  for (const table of visible) {
    for (const name of [...wordpress, ...woocommerce]) {
      if (!table.endsWith(name)) continue;
      const prefix = table.slice(0, -name.length);
      hits.set(prefix, (hits.get(prefix) ?? 0) + 1);
    }
  }
  const [best] = [...hits].sort(([, a], [, b]) => b - a);
  return best && best[1] >= 3 ? best[0] : null;
}

async function readOptions(gateway: Gateway, prefix: string): Promise<Record<string, string>> {
  try {
    const rows = await gateway.query<{ name: string; value: string }>(
      `select option_name as name, option_value as value from ${quoteIdentifier(`${prefix}options`)} where option_name in (:names)`,
      { names: ['active_plugins', 'woocommerce_custom_orders_table_enabled'] },
    );
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  } catch (error) {
    if (error instanceof AppError && ['select_denied', 'table_missing'].includes(error.code)) return {};
    throw error;
  }
}
