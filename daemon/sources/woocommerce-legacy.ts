// Orders kept as posts. Nothing indexes their modified date and many edits do not move it, so cheap scans together find the changes: new ids, new
// metadata, the date of the newest posts, and the note that WooCommerce writes for each change of status. Each is answered by a primary key.
import type { OrderRecord } from '../records.ts';
import { defineSource, defineStream, type Scan, type ShopContext, type ShopRow } from '../source.ts';
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
  presentId,
  presentText,
  quoteAll,
  rawText,
  readText,
  sortById,
  tableOf,
} from '../wordpress/row-fields.ts';
import { dateSumOf } from '../wordpress/row-look.ts';
import { parseEpoch, parseGmt, parseLocal } from '../wordpress/wordpress-time.ts';

const posts = (shop: ShopContext) => tableOf(shop, 'posts');
const postmeta = (shop: ShopContext) => tableOf(shop, 'postmeta');
const comments = (shop: ShopContext) => tableOf(shop, 'comments');

/** A refund stands for its order. */
const orderId = "if(p.post_type = 'shop_order_refund', p.post_parent, p.ID)";

// What WordPress' indexes know of an order: no modified date, so an old order that was only saved again is found by the nightly pass. A refund
// that is deleted shows nowhere but in the number of posts that hang on its order.
const fingerprint = (shop: ShopContext) =>
  fingerprintOf('p.post_status', 'p.post_date', `(select count(*) from ${posts(shop)} r where r.post_parent = p.ID)`);

const isRecord = `p.post_type = 'shop_order' and p.post_status not in (${quoteAll(draftStatuses)})`;

/** From the how-manieth newest id to which: so far the modified date can be read without an index (measured: 2.5 ms for 5,000). */
type Newest = { from: number; to: number };

function newestIds(shop: ShopContext, { from, to }: Newest): string {
  const below = (count: number) => `(select if(max(ID) > ${count}, max(ID) - ${count}, 0) from ${posts(shop)})`;
  return `p.ID > ${below(to)}${from > 0 ? ` and p.ID <= ${below(from)}` : ''}`;
}

/** Posts by their modified date. An edited address moves nothing else; a new status writes a note. */
const modified = (name: string, newest: Newest, everyMinutes = 0): Scan => ({
  name,
  order: 'changed-at',
  overlap: 600,
  everyMinutes,
  // An imported order may be dated in the future (its modified date is set to its own): the cursor must not go there.
  sql: (shop) =>
    `select ${orderId} as id, p.post_modified_gmt as cursor_at, p.ID as cursor_id
     from ${posts(shop)} p force index (primary)
     where ${newestIds(shop, newest)}
       and p.post_modified_gmt >= :after_at and (p.post_modified_gmt > :after_at or p.ID > :after_id)
       and p.post_modified_gmt < utc_timestamp() + interval 1 day and p.post_type in (${orderTypes})
     order by p.post_modified_gmt, p.ID limit :limit`,
  look: (shop) =>
    `select ${dateSumOf('p.ID', 'p.post_modified_gmt')} from ${posts(shop)} p force index (primary)
     where ${newestIds(shop, newest)} and p.post_modified_gmt >= :after_at
       and p.post_modified_gmt < utc_timestamp() + interval 1 day and p.post_type in (${orderTypes})`,
  startsAt: (shop) =>
    `select p.post_modified_gmt as cursor_at, p.ID as cursor_id from ${posts(shop)} p force index (primary)
     where ${newestIds(shop, newest)} and p.post_type in (${orderTypes}) and p.post_modified_gmt <= utc_timestamp()
     order by p.post_modified_gmt desc, p.ID desc limit 1`,
});

const address = (type: string) =>
  ['first_name', 'last_name', 'company', 'address_1', 'address_2', 'city', 'state', 'postcode', 'country', 'phone'].map(
    (field) => `_${type}_${field}`,
  );

/** Of so many metadata one stretch is walked whole, or none of it. */
const metaSpan = 64;

const metaKeys = [
  ...sharedMetaKeys,
  ...address('billing'),
  '_billing_email',
  '_shipping_phone',
  '_shipping_state',
  '_customer_user',
  '_payment_method',
  '_payment_method_title',
  '_created_via',
  '_order_currency',
  '_order_total',
  '_order_tax',
  '_order_shipping',
  '_order_shipping_tax',
  '_cart_discount',
  '_date_paid',
  '_paid_date',
  '_date_completed',
  '_completed_date',
];

const orders = defineStream({
  name: 'orders',
  target: 'order',
  label: 'Pedidos',
  pageSize: 500,
  // Every scan is held to its primary key: by type_status_date a page would sort all orders (measured: 584 ms against 0.14).
  scans: [
    {
      name: 'new',
      order: 'id',
      overlap: 500,
      look: (shop) => `select max(ID) from ${posts(shop)}`,
      sql: (shop) =>
        `select ${orderId} as id, p.ID as cursor_id from ${posts(shop)} p force index (primary)
         where p.ID > :after_id and p.post_type in (${orderTypes}) order by p.ID limit :limit`,
    },
    {
      name: 'metas',
      order: 'id',
      overlap: 500,
      look: (shop) => `select max(meta_id) from ${postmeta(shop)}`,
      sql: (shop) =>
        `select straight_join ${orderId} as id, m.meta_id as cursor_id
         from ${postmeta(shop)} m force index (primary) join ${posts(shop)} p on p.ID = m.post_id
         where m.meta_id > :after_id and p.post_type in (${orderTypes}) order by m.meta_id limit :limit`,
      startsAt: (shop) => `select coalesce(max(meta_id), 0) as cursor_id from ${postmeta(shop)}`,
    },
    modified('modified', { from: 0, to: 5_000 }),
    // An older order is seldom edited: ten minutes later is soon enough for twice the cost.
    modified('modified-longer', { from: 5_000, to: 16_000 }, 10),
    {
      name: 'notes',
      order: 'id',
      overlap: 100,
      look: (shop) => `select max(comment_ID) from ${comments(shop)}`,
      detect: (shop) => shop.tables.has('comments'),
      sql: (shop) =>
        `select c.comment_post_ID as id, c.comment_ID as cursor_id from ${comments(shop)} c force index (primary)
         where c.comment_ID > :after_id and c.comment_type = 'order_note' order by c.comment_ID limit :limit`,
      startsAt: (shop) => `select coalesce(max(comment_ID), 0) as cursor_id from ${comments(shop)}`,
    },
  ],
  fetch: [
    {
      name: 'posts',
      sql: (shop) =>
        `select p.ID as record_id, p.post_status, p.post_date, p.post_date_gmt, p.post_modified, p.post_modified_gmt,
           p.post_excerpt, ${fingerprint(shop)} as fingerprint
         from ${posts(shop)} p where p.ID in (:ids) and p.post_type = 'shop_order'`,
    },
    {
      name: 'meta',
      sql: (shop) =>
        `select post_id as record_id, meta_id, meta_key, left(meta_value, 500) as meta_value
         from ${postmeta(shop)} where post_id in (:ids) and ${keyIn('meta_key', metaKeys)}`,
      spans: {
        width: metaSpan,
        key: 'meta_id',
        owner: 'post_id',
        count: (shop) =>
          `select meta_id div ${metaSpan} as span, count(*) as found from ${postmeta(shop)}
           where post_id between :first_id and :last_id group by span order by null`,
        sql: (shop, within) =>
          `select post_id as record_id, meta_id, meta_key, left(meta_value, 500) as meta_value
           from ${postmeta(shop)} where ${within} and ${keyIn('meta_key', metaKeys)}`,
      },
    },
    // Nearly every post has the parent 0: by its statistics the server takes 500 parents for the whole table, and reads it.
    {
      name: 'refunds',
      sql: (shop) =>
        `select post_parent as record_id, ID as refund_id, post_date, post_date_gmt, post_excerpt
         from ${posts(shop)} force index (post_parent) where post_parent in (:ids) and post_type = 'shop_order_refund'`,
    },
    {
      name: 'refundMeta',
      sql: (shop) =>
        `select r.post_parent as record_id, r.ID as refund_id, m.meta_id, m.meta_key, left(m.meta_value, 1000) as meta_value
         from ${posts(shop)} r force index (post_parent) join ${postmeta(shop)} m on m.post_id = r.ID
         where r.post_parent in (:ids) and r.post_type = 'shop_order_refund'
           and ${keyIn('m.meta_key', ['_order_total', '_refund_amount', '_refund_reason'])}`,
    },
    ...itemFetches,
  ],
  digest: (shop) =>
    `select p.ID as id, ${fingerprint(shop)} as fingerprint from ${posts(shop)} p force index (primary)
     where p.ID > :after_id and ${isRecord}
     order by p.ID limit :limit`,
  indexDigest: {
    lastId: (shop) => `select coalesce(max(ID), 0) as last_id from ${posts(shop)}`,
    parts: [
      {
        absent: '',
        sql: (shop) =>
          `select p.ID as id, ${fingerprintOf('p.post_status', 'p.post_date')} as part
           from ${posts(shop)} p force index (type_status_date)
           where ${isRecord} and p.ID > :after_id and p.ID <= :last_id`,
      },
      {
        absent: '0',
        sql: (shop) =>
          `select r.post_parent as id, ${fingerprintPart('count(*)')} as part from ${posts(shop)} r force index (post_parent)
           where r.post_parent > :after_id and r.post_parent <= :last_id group by r.post_parent`,
      },
    ],
  },
  elsewhere: (shop) =>
    shop.tables.has('wc_orders')
      ? `select o.id from ${tableOf(shop, 'wc_orders')} o where o.id in (:ids) and o.type = 'shop_order' and ${notDeletedYet(shop, 'o.id')}`
      : null,
  digestAt: 'reconcile',
  inPeriod: (shop) =>
    `select p.ID as id from ${posts(shop)} p force index (primary)
     where p.ID > :after_id and ${isRecord}
       and p.post_date >= :from_local and p.post_date < :to_local order by p.ID limit :limit`,
  newest: (shop) => `select ID as id from ${posts(shop)} where post_type = 'shop_order' order by ID desc limit :limit`,
  estimate: (shop) => `select count(*) as estimate from ${posts(shop)} where post_type in (${orderTypes})`,
  assemble({ id, rows }, shop) {
    const row = rows.posts?.[0];
    if (!row) return { gone: true };
    if (draftStatuses.includes(rawText(row, 'post_status') ?? '')) return { skip: 'draft' };
    return { record: assembleOrder({ id, row, rows, shop }) };
  },
});

/** A post's date: UTC where it is written, else the shop's local text (`…_gmt` is zero for posts that were drafts). */
function dateOf(row: ShopRow, column: 'post_date' | 'post_modified', shop: ShopContext) {
  const gmtText = rawText(row, `${column}_gmt`);
  const gmt = parseGmt(gmtText);
  if (gmt) return { at: gmt, text: gmtText };
  const localText = rawText(row, column);
  return { at: parseLocal(localText, shop.timeZone), text: localText };
}

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
  const meta = pivotMeta(rows.meta);
  const refundMeta = groupBy(rows.refundMeta, 'refund_id');
  const text = (key: string) => presentText(meta.get(key));
  const amount = (key: string) => requiredAmount(meta.get(key), key);
  // Epoch since 3.0; the older local text is all that older orders have.
  const metaDate = (kind: 'paid' | 'completed') =>
    parseEpoch(meta.get(`_date_${kind}`)) ?? parseLocal(meta.get(`_${kind}_date`), shop.timeZone);
  const created = dateOf(row, 'post_date', shop);
  const modified = dateOf(row, 'post_modified', shop);
  return {
    externalId: id,
    storage: 'legacy',
    wcStatus: withoutPrefix(rawText(row, 'post_status') ?? ''),
    currency: text('_order_currency') ?? shop.currency,
    total: amount('_order_total'),
    // WooCommerce's total tax: the cart's and the shipping's.
    taxTotal: addDecimals(amount('_order_tax'), amount('_order_shipping_tax')),
    shippingTotal: amount('_order_shipping'),
    discountTotal: amount('_cart_discount'),
    customerExternalId: presentId(meta.get('_customer_user')),
    firstName: text('_billing_first_name'),
    lastName: text('_billing_last_name'),
    email: text('_billing_email'),
    phone: text('_billing_phone'),
    shippingPhone: text('_shipping_phone'),
    company: text('_billing_company'),
    address1: text('_billing_address_1'),
    address2: text('_billing_address_2'),
    city: text('_billing_city'),
    state: text('_billing_state'),
    postcode: text('_billing_postcode'),
    country: text('_billing_country'),
    shippingState: text('_shipping_state'),
    paymentMethod: text('_payment_method'),
    paymentMethodTitle: text('_payment_method_title'),
    createdVia: text('_created_via'),
    customerNote: readText(row, 'post_excerpt'),
    createdAt: created.at,
    modifiedAt: modified.at,
    paidAt: metaDate('paid'),
    completedAt: metaDate('completed'),
    createdText: created.text,
    modifiedText: modified.text,
    refunds: sortById(rows.refunds, 'refund_id').map((refund) => {
      const externalId = rawText(refund, 'refund_id') ?? '';
      const own = pivotMeta(refundMeta.get(externalId));
      return {
        externalId,
        amount: refundAmount(own.get('_order_total'), own.get('_refund_amount')),
        reason: presentText(own.get('_refund_reason')) ?? readText(refund, 'post_excerpt'),
        refundedAt: dateOf(refund, 'post_date', shop).at,
      };
    }),
    fingerprint: rawText(row, 'fingerprint') ?? '',
    // Last: a literal that begins with them takes a quarter of a millisecond (Node 20).
    ...readSharedMeta(meta),
    ...readItems(rows),
  };
}

export default defineSource({
  name: 'woocommerce-legacy',
  label: 'Pedidos do WooCommerce (posts)',
  detect: (shop) => shop.orderStorage === 'legacy' && shop.tables.has('posts') && shop.tables.has('postmeta'),
  streams: [orders],
});
