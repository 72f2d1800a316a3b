// Orders in WooCommerce's own tables. One scan by (date_updated_gmt, id) finds what is new or changed, refunds included; addresses, metadata and
// items are written after the order's row and have no dates, so an order is always read whole.
import type { OrderRecord } from '../records.ts';
import { defineSource, defineStream, type ShopContext, type ShopRow } from '../source.ts';
import {
  addDecimals,
  draftStatuses,
  itemFetches,
  notDeletedYet,
  orderTypes,
  readItems,
  readSharedMeta,
  refundAmount,
  requiredAmount,
  sharedMetaKeys,
  withoutPrefix,
} from '../wordpress/order-facts.ts';
import {
  fingerprintOf,
  fingerprintPart,
  groupBy,
  keyIn,
  pivotMeta,
  presentText,
  quoteAll,
  rawText,
  readId,
  readText,
  sortById,
  tableOf,
} from '../wordpress/row-fields.ts';
import { dateSumOf } from '../wordpress/row-look.ts';
import { parseGmt } from '../wordpress/wordpress-time.ts';

const table = (shop: ShopContext) => tableOf(shop, 'wc_orders');

// A refund that is deleted leaves its order's date as it was: only the number of refunds tells. Whatever hangs on an order is counted, because
// the index on its parent knows no type. All three parts are found in indexes that WooCommerce makes.
const fingerprint = (shop: ShopContext) =>
  fingerprintOf(
    'o.status',
    'o.date_updated_gmt',
    `(select count(*) from ${table(shop)} r where r.parent_order_id = o.id)`,
  );

const isRecord = `o.type = 'shop_order' and coalesce(o.status, '') not in (${quoteAll(draftStatuses)})`;

const orders = defineStream({
  name: 'orders',
  target: 'order',
  label: 'Pedidos',
  pageSize: 500,
  scans: [
    {
      name: 'updated',
      order: 'changed-at',
      overlap: 600,
      // Exactly this form: `(date, id) > (x, y)` reads the whole index on MariaDB, and without the hint a first pass sorts the whole table for
      // each page (seen on 10.11); WooCommerce makes that index. The bound of a day keeps a date in the far future (a broken import) from
      // moving the cursor there and hiding all orders until then; the digest finds that row.
      sql: (shop) =>
        `select if(o.type = 'shop_order_refund', coalesce(o.parent_order_id, 0), o.id) as id,
           o.date_updated_gmt as cursor_at, o.id as cursor_id
         from ${table(shop)} o force index (date_updated)
         where o.date_updated_gmt >= :after_at and (o.date_updated_gmt > :after_at or o.id > :after_id)
           and o.date_updated_gmt < utc_timestamp() + interval 1 day
           and o.type in (${orderTypes})
         order by o.date_updated_gmt, o.id limit :limit`,
      // Of all types, so that the index alone answers.
      look: (shop) =>
        `select ${dateSumOf('o.id', 'o.date_updated_gmt')} from ${table(shop)} o force index (date_updated)
         where o.date_updated_gmt >= :after_at and o.date_updated_gmt < utc_timestamp() + interval 1 day`,
    },
  ],
  fetch: [
    {
      name: 'orders',
      sql: (shop) =>
        `select o.id as record_id, o.status, o.currency, o.tax_amount, o.total_amount, o.customer_id, o.billing_email,
           o.date_created_gmt, o.date_updated_gmt, o.payment_method, o.payment_method_title, o.customer_note,
           ${fingerprint(shop)} as fingerprint
         from ${table(shop)} o where o.id in (:ids) and o.type = 'shop_order'`,
    },
    {
      name: 'addresses',
      sql: (shop) =>
        `select order_id as record_id, address_type, first_name, last_name, company, address_1, address_2, city, state,
           postcode, country, email, phone
         from ${tableOf(shop, 'wc_order_addresses')} where order_id in (:ids)`,
    },
    {
      name: 'operational',
      sql: (shop) =>
        `select order_id as record_id, created_via, date_paid_gmt, date_completed_gmt, shipping_tax_amount,
           shipping_total_amount, discount_total_amount
         from ${tableOf(shop, 'wc_order_operational_data')} where order_id in (:ids)`,
    },
    {
      name: 'meta',
      sql: (shop) =>
        `select order_id as record_id, id as meta_id, meta_key, left(meta_value, 500) as meta_value
         from ${tableOf(shop, 'wc_orders_meta')} where order_id in (:ids) and ${keyIn('meta_key', sharedMetaKeys)}`,
    },
    {
      name: 'refunds',
      sql: (shop) =>
        `select parent_order_id as record_id, id as refund_id, total_amount, date_created_gmt
         from ${table(shop)} where parent_order_id in (:ids) and type = 'shop_order_refund'`,
    },
    {
      name: 'refundMeta',
      sql: (shop) =>
        `select r.parent_order_id as record_id, r.id as refund_id, m.id as meta_id, m.meta_key,
           left(m.meta_value, 1000) as meta_value
         from ${table(shop)} r join ${tableOf(shop, 'wc_orders_meta')} m on m.order_id = r.id
         where r.parent_order_id in (:ids) and r.type = 'shop_order_refund'
           and ${keyIn('m.meta_key', ['_refund_amount', '_refund_reason'])}`,
    },
    ...itemFetches,
  ],
  // By the primary key whatever the statistics say: by type_status_date each page would sort all orders. Rows without a date, which no scan finds,
  // are found here.
  digest: (shop) =>
    `select o.id, ${fingerprint(shop)} as fingerprint from ${table(shop)} o force index (primary)
     where o.id > :after_id and ${isRecord}
     order by o.id limit :limit`,
  indexDigest: {
    lastId: (shop) => `select coalesce(max(id), 0) as last_id from ${table(shop)}`,
    parts: [
      {
        absent: '',
        sql: (shop) =>
          `select o.id, ${fingerprintPart('o.status')} as part from ${table(shop)} o force index (type_status_date)
           where ${isRecord} and o.id > :after_id and o.id <= :last_id`,
      },
      {
        absent: '',
        sql: (shop) =>
          `select o.id, ${fingerprintPart('o.date_updated_gmt')} as part from ${table(shop)} o force index (date_updated)
           where o.id > :after_id and o.id <= :last_id`,
      },
      {
        absent: '0',
        sql: (shop) =>
          `select r.parent_order_id as id, ${fingerprintPart('count(*)')} as part
           from ${table(shop)} r force index (parent_order_id)
           where r.parent_order_id > :after_id and r.parent_order_id <= :last_id group by r.parent_order_id`,
      },
    ],
  },
  elsewhere: (shop) =>
    shop.tables.has('posts')
      ? `select p.ID as id from ${tableOf(shop, 'posts')} p where p.ID in (:ids) and p.post_type = 'shop_order' and ${notDeletedYet(shop, 'p.ID')}`
      : null,
  digestAt: 'reconcile',
  inPeriod: (shop) =>
    `select o.id from ${table(shop)} o force index (primary)
     where o.id > :after_id and ${isRecord}
       and o.date_created_gmt >= :from_gmt and o.date_created_gmt < :to_gmt order by o.id limit :limit`,
  newest: (shop) => `select id from ${table(shop)} where type = 'shop_order' order by id desc limit :limit`,
  estimate: (shop) => `select count(*) as estimate from ${table(shop)} where type in (${orderTypes})`,
  assemble({ id, rows }, shop) {
    const row = rows.orders?.[0];
    if (!row) return { gone: true };
    if (draftStatuses.includes(rawText(row, 'status') ?? '')) return { skip: 'draft' };
    return { record: assembleOrder({ id, row, rows, shop }) };
  },
});

function assembleOrder({
  id,
  row,
  rows,
  shop,
}: {
  id: string;
  row: ShopRow;
  rows: { [fetchName: string]: ShopRow[] };
  shop: ShopContext;
}): OrderRecord {
  const addresses = new Map((rows.addresses ?? []).map((address) => [rawText(address, 'address_type'), address]));
  const billing = addresses.get('billing');
  const shipping = addresses.get('shipping');
  const operational = rows.operational?.[0];
  const refundMeta = groupBy(rows.refundMeta, 'refund_id');
  const amount = (from: ShopRow | undefined, column: string) => requiredAmount(rawText(from, column), column);
  return {
    externalId: id,
    storage: 'hpos',
    wcStatus: withoutPrefix(rawText(row, 'status') ?? ''),
    currency: rawText(row, 'currency') || shop.currency,
    total: amount(row, 'total_amount'),
    // WooCommerce's total tax: the cart's and the shipping's.
    taxTotal: addDecimals(amount(row, 'tax_amount'), amount(operational, 'shipping_tax_amount')),
    shippingTotal: amount(operational, 'shipping_total_amount'),
    discountTotal: amount(operational, 'discount_total_amount'),
    customerExternalId: readId(row, 'customer_id'),
    firstName: readText(billing, 'first_name'),
    lastName: readText(billing, 'last_name'),
    email: readText(row, 'billing_email') ?? readText(billing, 'email'),
    phone: readText(billing, 'phone'),
    shippingPhone: readText(shipping, 'phone'),
    company: readText(billing, 'company'),
    address1: readText(billing, 'address_1'),
    address2: readText(billing, 'address_2'),
    city: readText(billing, 'city'),
    state: readText(billing, 'state'),
    postcode: readText(billing, 'postcode'),
    country: readText(billing, 'country'),
    shippingState: readText(shipping, 'state'),
    paymentMethod: readText(row, 'payment_method'),
    paymentMethodTitle: readText(row, 'payment_method_title'),
    createdVia: readText(operational, 'created_via'),
    customerNote: readText(row, 'customer_note'),
    createdAt: parseGmt(rawText(row, 'date_created_gmt')),
    modifiedAt: parseGmt(rawText(row, 'date_updated_gmt')),
    paidAt: parseGmt(rawText(operational, 'date_paid_gmt')),
    completedAt: parseGmt(rawText(operational, 'date_completed_gmt')),
    createdText: rawText(row, 'date_created_gmt'),
    modifiedText: rawText(row, 'date_updated_gmt'),
    refunds: sortById(rows.refunds, 'refund_id').map((refund) => {
      const externalId = rawText(refund, 'refund_id') ?? '';
      const meta = pivotMeta(refundMeta.get(externalId));
      return {
        externalId,
        amount: refundAmount(rawText(refund, 'total_amount'), meta.get('_refund_amount')),
        reason: presentText(meta.get('_refund_reason')),
        refundedAt: parseGmt(rawText(refund, 'date_created_gmt')),
      };
    }),
    fingerprint: rawText(row, 'fingerprint') ?? '',
    // Last: a literal that begins with them takes a quarter of a millisecond (Node 20).
    ...readSharedMeta(pivotMeta(rows.meta)),
    ...readItems(rows),
  };
}

export default defineSource({
  name: 'woocommerce-hpos',
  label: 'Pedidos do WooCommerce (tabelas próprias, HPOS)',
  detect: (shop) => shop.orderStorage === 'hpos' && shop.tables.has('wc_orders'),
  streams: [orders],
});
