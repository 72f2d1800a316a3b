// The shop's account behind an order: one look-up by the account's key.
import type { OrderId } from '#shared/ids.ts';
import type { ShopAccount } from '#web/components/shop-account.tsx';
import type { Tx } from '../db.ts';

/** The account of the first of these orders that names one; null when all were bought as guests or the shop's users are not read. */
export async function findShopAccount(tx: Tx, orderIds: readonly OrderId[]): Promise<ShopAccount | null> {
  if (orderIds.length === 0) return null;
  const [account] = await tx<ShopAccount[]>`
    select coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.display_name) as name, lower(c.email) as email, c.email as email_raw,
           c.registered_at, c.missing_since
    from orders o
    join site_customers c on c.tenant_id = o.tenant_id and c.site_id = o.site_id and c.external_id = o.customer_external_id
    where o.id in ${tx([...orderIds])}
    order by array_position(${[...orderIds]}::bigint[], o.id), c.source limit 1`;
  return account ?? null;
}
