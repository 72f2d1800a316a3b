// The registered customers of a shop. Users have no modified date: new metadata is found by its id, an edited address by the time that WooCommerce
// notes in `last_update`, and everything else (a role that was taken, WooCommerce's sums, a deleted user) by reading all customers again. In a
// multisite one table of users serves all sites; who is a customer of this one is told by its own role.

import { parseDecimal } from '#shared/money.ts';
import type { CustomerRecord } from '../records.ts';
import { defineSource, defineStream, type ShopContext, type ShopRow } from '../source.ts';
import { fingerprintOf, keyIn, pivotMeta, presentText, rawText, readText, tableOf } from '../wordpress/row-fields.ts';
import { parseEpoch, parseGmt } from '../wordpress/wordpress-time.ts';

const inNetwork = ({ basePrefix }: ShopContext, table: string) => tableOf({ prefix: basePrefix }, table);
const users = (shop: ShopContext) => inNetwork(shop, 'users');
const usermeta = (shop: ShopContext) => inNetwork(shop, 'usermeta');

/** Never `user_login` or `user_pass`. */
const userColumns = ['ID', 'user_email', 'user_registered', 'display_name'];

const capabilities = ({ prefix }: ShopContext) => `${prefix}capabilities`;
/** WooCommerce's sums are kept by site, under its prefix without the last `_`; they are caches and may be absent. */
const sums = ({ prefix }: ShopContext) => {
  const site = prefix.replace(/_+$/, '');
  return { spent: `wc_money_spent_${site}`, count: `wc_order_count_${site}` };
};

// Whoever has filled in one of these has been at the checkout. The country alone is none: WooCommerce guesses it.
const billingKeys = ['billing_email', 'billing_phone', 'billing_cellphone', 'billing_city', 'billing_postcode'];

const metaKeys = (shop: ShopContext) => [
  ...billingKeys,
  'billing_state',
  'billing_country',
  'first_name',
  'last_name',
  'paying_customer',
  'last_update',
  'wc_last_active',
  capabilities(shop),
  sums(shop).spent,
  sums(shop).count,
];

// As bytes, so that MySQL's collation does not decide who is a customer.
const isRow = (key: string) => `cast(m.meta_key as binary) = '${key}'`;
const hasRole = (shop: ShopContext) =>
  `coalesce(max(${isRow(capabilities(shop))} and cast(m.meta_value as binary) like '%s:8:"customer";b:1;%'), 0)`;

/** The customer role in this shop, or any other role in it and a billing address: administrators and subscribers buy too. */
const isCustomer = (shop: ShopContext) =>
  `(${hasRole(shop)} or (coalesce(max(${isRow(capabilities(shop))}), 0) and coalesce(max(
     (${keyIn('m.meta_key', billingKeys)} and m.meta_value <> '') or (${isRow('paying_customer')} and m.meta_value = '1')), 0)))`;

const fingerprint = fingerprintOf(
  'u.user_email',
  'u.user_registered',
  'u.display_name',
  `bit_xor(crc32(${fingerprintOf('m.umeta_id', 'm.meta_key', 'm.meta_value')}))`,
);

/** Only the metadata that is read: most of a user's is other plugins'. */
const withMeta = (shop: ShopContext) => `m.user_id = u.ID and ${keyIn('m.meta_key', metaKeys(shop))}`;

/** Customers in the order of their ids, users first: in any other order the metadata of all of them would be sorted. */
const customers = (shop: ShopContext, columns: string, where: string) =>
  `select ${columns} from ${users(shop)} u force index (primary)
   straight_join ${usermeta(shop)} m force index (user_id) on ${withMeta(shop)}
   where ${where} group by u.ID having ${isCustomer(shop)} order by u.ID limit :limit`;

const epoch = "timestampdiff(second, '1970-01-01', :after_at)";
const updatedAt = "date_add('1970-01-01', interval cast(m.meta_value as unsigned) second)";
/** A date in the far future (a broken import) must not take the cursor with it. */
const isBelievable = 'cast(m.meta_value as unsigned) < unix_timestamp() + 86400';

const accounts = defineStream({
  name: 'accounts',
  target: 'customer',
  label: 'Contas de clientes',
  pageSize: 500,
  scans: [
    {
      name: 'meta',
      order: 'id',
      overlap: 500,
      look: (shop) => `select max(umeta_id) from ${usermeta(shop)}`,
      startsAt: (shop) => `select coalesce(max(umeta_id), 0) as cursor_id from ${usermeta(shop)}`,
      sql: (shop) =>
        `select user_id as id, umeta_id as cursor_id from ${usermeta(shop)} where umeta_id > :after_id order by cursor_id limit :limit`,
    },
    {
      // Reads the row of each user that has one (measured: 71 ms for 50,000), so not at each poll.
      name: 'updated',
      order: 'changed-at',
      overlap: 600,
      everyMinutes: 30,
      startsAt: (shop) =>
        `select 0 as cursor_id, coalesce(max(${updatedAt}), utc_timestamp()) as cursor_at
         from ${usermeta(shop)} m force index (meta_key) where m.meta_key = 'last_update' and ${isBelievable}`,
      sql: (shop) =>
        `select m.user_id as id, m.umeta_id as cursor_id, ${updatedAt} as cursor_at
         from ${usermeta(shop)} m force index (meta_key)
         where m.meta_key = 'last_update' and cast(m.meta_value as unsigned) >= ${epoch}
           and (cast(m.meta_value as unsigned) > ${epoch} or m.umeta_id > :after_id) and ${isBelievable}
         order by cursor_at, cursor_id limit :limit`,
    },
  ],
  fetch: [
    {
      name: 'users',
      sql: (shop) =>
        `select u.ID as record_id, u.user_email, u.user_registered, u.display_name, ${hasRole(shop)} as has_role,
           ${isCustomer(shop)} as is_customer, ${fingerprint} as fingerprint
         from ${users(shop)} u left join ${usermeta(shop)} m on ${withMeta(shop)} where u.ID in (:ids) group by u.ID`,
    },
    {
      name: 'meta',
      sql: (shop) =>
        `select m.user_id as record_id, m.umeta_id as meta_id, m.meta_key, left(m.meta_value, 500) as meta_value
         from ${usermeta(shop)} m where m.user_id in (:ids) and ${keyIn('m.meta_key', metaKeys(shop))}`,
    },
  ],
  digest: (shop) => customers(shop, `u.ID as id, ${fingerprint} as fingerprint`, 'u.ID > :after_id'),
  digestAt: 'reconcile',
  inPeriod: (shop) =>
    customers(
      shop,
      'u.ID as id',
      'u.ID > :after_id and u.user_registered >= :from_gmt and u.user_registered < :to_gmt',
    ),
  newest: (shop) => `select ID as id from ${users(shop)} order by ID desc limit :limit`,
  estimate: (shop) => `select count(*) as estimate from ${users(shop)}`,
  assemble({ id, rows }, shop) {
    const row = rows.users?.[0];
    if (!row) return { gone: true };
    if (Number(rawText(row, 'is_customer')) === 0) return { skip: 'not_a_customer' };
    return { record: assembleCustomer({ id, row, meta: pivotMeta(rows.meta), shop }) };
  },
});

function assembleCustomer({
  id,
  row,
  meta,
  shop,
}: {
  id: string;
  row: ShopRow;
  meta: Map<string, string>;
  shop: ShopContext;
}): CustomerRecord {
  const text = (key: string) => presentText(meta.get(key));
  const registeredAt = parseGmt(rawText(row, 'user_registered'));
  const updated = parseEpoch(meta.get('last_update'));
  const count = meta.get(sums(shop).count)?.trim() ?? '';
  return {
    externalId: id,
    email: readText(row, 'user_email'),
    firstName: text('first_name'),
    lastName: text('last_name'),
    displayName: readText(row, 'display_name'),
    registeredAt,
    // The Brazilian Market plugin asks the mobile in a field of its own.
    billingPhone: text('billing_cellphone') ?? text('billing_phone'),
    billingCity: text('billing_city'),
    billingState: text('billing_state'),
    billingPostcode: text('billing_postcode'),
    billingCountry: text('billing_country'),
    hasCustomerRole: Number(rawText(row, 'has_role')) === 1,
    isPayingCustomer: meta.get('paying_customer') === '1',
    orderCount: /^\d{1,9}$/.test(count) ? Number(count) : null,
    totalSpent: parseDecimal(meta.get(sums(shop).spent)),
    lastActiveAt: parseEpoch(meta.get('wc_last_active')),
    touchedAt: updated !== null && (registeredAt === null || updated > registeredAt) ? updated : registeredAt,
    parseError: registeredAt === null ? 'registered_unreadable' : null,
    fingerprint: rawText(row, 'fingerprint') ?? '',
  };
}

export default defineSource({
  name: 'wordpress-customers',
  label: 'Clientes cadastrados (WordPress)',
  // Without WooCommerce there are users, but no customers.
  detect: (shop) =>
    shop.orderStorage !== null &&
    userColumns.every((column) => shop.tables.columns('users').has(column)) &&
    shop.tables.has('usermeta'),
  streams: [accounts],
});
