// What WooCommerce does when a shop changes where its orders lie: orders are copied over with their old dates (by its migration, or at each save
// while both are kept in sync), and an option says which of the two counts. Plain SQL over whole tables, because a test has hundreds of orders.
import { hposTables } from '../../start/demo/schema-woocommerce.ts';
import { execute, type OrderStorage, type Shop, tableOf } from '../../start/demo/shop.ts';

const billing = [
  'first_name',
  'last_name',
  'company',
  'address_1',
  'address_2',
  'city',
  'state',
  'postcode',
  'country',
];
const isOrder = (column: string) => `${column} in ('shop_order', 'shop_order_refund')`;

/** The shop with this storage in use; what lies in it is as it was left. */
export async function useStorage(
  shop: Shop,
  orderStorage: OrderStorage,
  { isSyncOn = false }: { isSyncOn?: boolean } = {},
): Promise<Shop> {
  const set = (name: string, isOn: boolean) =>
    execute(shop, `update ${tableOf(shop, 'options')} set option_value = ? where option_name = ?`, [
      isOn ? 'yes' : 'no',
      `woocommerce_custom_orders_table_${name}`,
    ]);
  await set('enabled', orderStorage === 'hpos');
  await set('data_sync_enabled', isSyncOn);
  return { ...shop, orderStorage };
}

/** Gives a legacy shop the tables of the new storage. */
export async function createHposTables(shop: Shop): Promise<void> {
  await execute(shop, `use \`${shop.database}\``);
  for (const table of hposTables(shop.prefix)) await execute(shop, table);
}

/** All orders of posts into the new tables, dates as they are; what was deleted from posts meanwhile is deleted there. */
export async function copyToHpos(shop: Shop): Promise<void> {
  const t = (name: string) => tableOf(shop, name);
  const meta = (key: string) =>
    `(select m.meta_value from ${t('postmeta')} m where m.post_id = p.ID and m.meta_key = '${key}' order by m.meta_id limit 1)`;
  await execute(
    shop,
    `delete o from ${t('wc_orders')} o join ${t('wc_orders_meta')} d on d.order_id = o.id and d.meta_key = '_deleted_from'`,
  );
  const ids = `select ID from ${t('posts')} where ${isOrder('post_type')}`;
  for (const table of ['wc_order_addresses', 'wc_order_operational_data', 'wc_orders_meta']) {
    await execute(shop, `delete from ${t(table)} where order_id in (${ids})`);
  }
  await execute(shop, `delete from ${t('wc_orders')} where id in (${ids})`);
  const amount = (key: string) => `coalesce(${meta(key)}, 0)`;
  const from = `from ${t('posts')} p where ${isOrder('p.post_type')}`;
  await execute(
    shop,
    `insert into ${t('wc_orders')} (id, status, currency, type, tax_amount, total_amount, customer_id, billing_email, date_created_gmt,
       date_updated_gmt, parent_order_id, payment_method, payment_method_title, customer_note)
     select p.ID, p.post_status, ${meta('_order_currency')}, p.post_type, ${amount('_order_tax')} + ${amount('_order_shipping_tax')},
       ${amount('_order_total')}, ${amount('_customer_user')}, ${meta('_billing_email')}, nullif(p.post_date_gmt, '0000-00-00 00:00:00'),
       p.post_modified_gmt, p.post_parent, ${meta('_payment_method')}, ${meta('_payment_method_title')}, p.post_excerpt ${from}`,
  );
  for (const type of ['billing', 'shipping']) {
    const fields = billing.map((field) => meta(`_${type}_${field}`)).join(', ');
    const email = type === 'billing' ? meta('_billing_email') : 'null';
    await execute(
      shop,
      `insert into ${t('wc_order_addresses')} (order_id, address_type, ${billing.join(', ')}, email, phone)
       select p.ID, '${type}', ${fields}, ${email}, ${meta(`_${type}_phone`)} ${from} and p.post_type = 'shop_order'`,
    );
  }
  const date = (key: string) => `date_add('1970-01-01', interval ${meta(key)} second)`;
  await execute(
    shop,
    `insert into ${t('wc_order_operational_data')} (order_id, created_via, order_key, date_paid_gmt, date_completed_gmt, shipping_tax_amount,
       shipping_total_amount, discount_total_amount)
     select p.ID, ${meta('_created_via')}, ${meta('_order_key')}, ${date('_date_paid')}, ${date('_date_completed')},
       ${amount('_order_shipping_tax')}, ${amount('_order_shipping')}, ${amount('_cart_discount')} ${from}`,
  );
  await execute(
    shop,
    `insert into ${t('wc_orders_meta')} (order_id, meta_key, meta_value)
     select m.post_id, m.meta_key, m.meta_value from ${t('postmeta')} m join ${t('posts')} p on p.ID = m.post_id
     where ${isOrder('p.post_type')} and m.meta_key not rlike '^_(billing|shipping)_(${billing.join('|')}|email|phone)$'`,
  );
}

/** All orders of the new tables into posts, dates as they are; placeholders become orders. */
export async function copyToPosts(shop: Shop): Promise<void> {
  const t = (name: string) => tableOf(shop, name);
  const local = (column: string) => `coalesce(convert_tz(${column}, '+00:00', '-03:00'), p.post_date)`;
  await execute(
    shop,
    `update ${t('posts')} p join ${t('wc_orders')} o on o.id = p.ID
     set p.post_type = o.type, p.post_status = o.status, p.post_parent = o.parent_order_id, p.post_excerpt = coalesce(o.customer_note, ''),
       p.post_date_gmt = coalesce(o.date_created_gmt, 0), p.post_date = ${local('o.date_created_gmt')},
       p.post_modified_gmt = o.date_updated_gmt, p.post_modified = ${local('o.date_updated_gmt')}`,
  );
  await execute(
    shop,
    `delete m from ${t('postmeta')} m join ${t('wc_orders')} o on o.id = m.post_id where ${isOrder('o.type')}`,
  );
  const copy = (key: string, value: string, table: string, id: string, where = 'true') =>
    execute(
      shop,
      `insert into ${t('postmeta')} (post_id, meta_key, meta_value)
       select ${id}, '${key}', ${value} from ${t(table)} where ${value} is not null and ${where}`,
    );
  const orderMeta = {
    _order_currency: 'currency',
    _order_total: 'total_amount',
    _customer_user: 'customer_id',
    _payment_method: 'payment_method',
    _payment_method_title: 'payment_method_title',
  };
  for (const [key, column] of Object.entries(orderMeta)) await copy(key, column, 'wc_orders', 'id');
  const epoch = (column: string) => `timestampdiff(second, '1970-01-01', ${column})`;
  const operational = {
    _created_via: 'created_via',
    _order_key: 'order_key',
    _date_paid: epoch('date_paid_gmt'),
    _date_completed: epoch('date_completed_gmt'),
    _order_shipping_tax: 'shipping_tax_amount',
    _order_shipping: 'shipping_total_amount',
    _cart_discount: 'discount_total_amount',
  };
  for (const [key, value] of Object.entries(operational)) {
    await copy(key, value, 'wc_order_operational_data', 'order_id');
  }
  await execute(
    shop,
    `insert into ${t('postmeta')} (post_id, meta_key, meta_value)
     select o.id, '_order_tax', o.tax_amount - coalesce(d.shipping_tax_amount, 0)
     from ${t('wc_orders')} o left join ${t('wc_order_operational_data')} d on d.order_id = o.id`,
  );
  for (const type of ['billing', 'shipping']) {
    for (const field of [...billing, 'email', 'phone']) {
      await copy(`_${type}_${field}`, field, 'wc_order_addresses', 'order_id', `address_type = '${type}'`);
    }
  }
  const own = [...Object.keys(orderMeta), ...Object.keys(operational), '_order_tax'].map((key) => `'${key}'`);
  await execute(
    shop,
    `insert into ${t('postmeta')} (post_id, meta_key, meta_value)
     select order_id, meta_key, meta_value from ${t('wc_orders_meta')} where meta_key not in (${own.join(', ')})`,
  );
}
