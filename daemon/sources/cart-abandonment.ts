// Carts of the CartFlows family, known by their columns whatever the table is called. A row is a slot per shopper: `time` moves with every keystroke,
// a status changes without it and a purchase deletes the row, so nothing but reading the narrow columns again shows a change.
import { findState } from '#shared/area-codes.ts';
import type { CartRecord } from '../records.ts';
import { defineSource, defineStream, type ShopContext, type ShopRow, type ShopTables } from '../source.ts';
import { type CartContents, productIdsIn, readCartContents, readOtherFields } from '../wordpress/cart-contents.ts';
import {
  fingerprintOf,
  presentText,
  rawText,
  readId,
  readText,
  tableOf,
  UnreadableRowError,
} from '../wordpress/row-fields.ts';
import { checksumOfNullable } from '../wordpress/row-look.ts';
import { parseLocal } from '../wordpress/wordpress-time.ts';

const history = 'cartflows_ca_email_history';

// docs/wordpress.md §4.1: the family is known by its columns, its table name is free.
const signature = ['id', 'email', 'cart_contents', 'cart_total', 'order_status', 'time'];
const knownTables = ['cartflows_ca_cart_abandonment', 'spoki_abandonment', 'wati_abandonment', 'h24_abandonment'];

function cartTables(tables: ShopTables): string[] {
  const rank = (name: string) => knownTables.indexOf(name) + 1 || knownTables.length + 1;
  return tables
    .names()
    .filter((name) => signature.every((column) => tables.columns(name).has(column)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

// Of the newer versions, of forks (Spoki has `phone`), and those that only some copies of the table lack: selected where they exist.
const optionalColumns = [
  'session_id',
  'checkout_id',
  'other_fields',
  'unsubscribed',
  'coupon_code',
  'order_id',
  'original_cart_total',
  'phone',
];
// docs/wordpress.md §4.3: every capture sets `time`, every other event one of the rest. `phone` is typed in a capture.
const fingerprintColumns = [
  'session_id',
  'order_status',
  'unsubscribed',
  'coupon_code',
  'cart_total',
  'time',
  'order_id',
  'original_cart_total',
];

const cartTable = (shop: ShopContext) => tableOf(shop, shop.cartTable ?? '');

function cartColumns(shop: ShopContext): ReadonlySet<string> {
  return shop.cartTable === null ? new Set() : shop.tables.columns(shop.cartTable);
}

function optionalOf(shop: ShopContext): string[] {
  const columns = cartColumns(shop);
  return optionalColumns.filter((column) => columns.has(column));
}

function fingerprinted(shop: ShopContext): string[] {
  const absent = new Set(optionalColumns.filter((column) => !cartColumns(shop).has(column)));
  return fingerprintColumns.filter((column) => !absent.has(column)).map((column) => `\`${column}\``);
}

const cartFingerprint = (shop: ShopContext) => fingerprintOf(...fingerprinted(shop));

const carts = defineStream({
  name: 'carts',
  target: 'cart',
  label: 'Carrinhos',
  pageSize: 200,
  scans: [],
  fetch: [
    {
      name: 'carts',
      sql: (shop) => {
        const columns = ['email', 'cart_contents', 'cart_total', 'order_status', 'time', ...optionalOf(shop)];
        return `select id as record_id, ${columns.map((column) => `\`${column}\``).join(', ')},
         ${cartFingerprint(shop)} as fingerprint from ${cartTable(shop)} where id in (:ids)`;
      },
    },
    {
      // cart_contents has no names: a product object serializes to nothing but its id.
      name: 'products',
      ids: (rows) => [...new Set((rows.carts ?? []).flatMap((row) => productIdsIn(rawText(row, 'cart_contents'))))],
      sql: (shop) => `select ID as record_id, post_title from ${tableOf(shop, 'posts')} where ID in (:ids)`,
    },
  ],
  digest: (shop) =>
    `select id, ${cartFingerprint(shop)} as fingerprint from ${cartTable(shop)} where id > :after_id order by id limit :limit`,
  digestAt: 'poll',
  look: (shop) =>
    `select ${checksumOfNullable('id', fingerprinted(shop))} from ${cartTable(shop)} where id > :after_id`,
  inPeriod: (shop) =>
    `select id from ${cartTable(shop)} where id > :after_id and time >= :from_local and time < :to_local order by id limit :limit`,
  newest: (shop) => `select id from ${cartTable(shop)} order by id desc limit :limit`,
  estimate: (shop) => `select count(*) as estimate from ${cartTable(shop)}`,
  assemble({ id, rows, lookup }, shop) {
    const row = rows.carts?.[0];
    if (!row) return { gone: true };
    return { record: assembleCart({ id, row, products: lookup.products ?? new Map(), timeZone: shop.timeZone }) };
  },
});

/** `US, Houston`: Alabama and Alagoas are both AL, so a state counts only in Brazil. */
function isAbroad(location: string | null): boolean {
  const country = location?.split(',')[0]?.trim() ?? '';
  return country !== '' && location!.includes(',') && !/^(br|brasil|brazil)$/i.test(country);
}

function assembleCart({
  id,
  row,
  products,
  timeZone,
}: {
  id: string;
  row: ShopRow;
  products: Map<string, ShopRow[]>;
  timeZone: string;
}): CartRecord {
  const timeText = rawText(row, 'time');
  const activityAt = parseLocal(timeText, timeZone);
  if (!activityAt) throw new UnreadableRowError('time');

  const fields = readOtherFields(rawText(row, 'other_fields'));
  const field = (name: string) => presentText(fields.values?.get(name));
  const contents = readCartContents(rawText(row, 'cart_contents'));
  const location = field('wcf_location');
  return {
    externalId: id,
    sessionId: rawText(row, 'session_id') ?? id,
    checkoutPageId: readId(row, 'checkout_id'),
    email: readText(row, 'email'),
    phones: [readText(row, 'phone'), field('wcf_phone_number')],
    firstName: field('wcf_first_name'),
    lastName: field('wcf_last_name'),
    city: cityOf(location) ?? field('wcf_shipping_city'),
    state: isAbroad(location)
      ? null
      : (findState(field('wcf_billing_state')) ?? findState(field('wcf_shipping_state')) ?? findState(location)),
    postcode: field('wcf_billing_postcode') ?? field('wcf_shipping_postcode'),
    // From 2.1.3 on a recovery overwrites cart_total with the order's; the cart's own value is kept beside it.
    total: nonZero(rawText(row, 'original_cart_total')) ?? rawText(row, 'cart_total'),
    pluginStatus: rawText(row, 'order_status') ?? '',
    isUnsubscribed: Number(rawText(row, 'unsubscribed') ?? 0) === 1,
    currency: null,
    couponCode: readText(row, 'coupon_code'),
    orderExternalId: readId(row, 'order_id'),
    timeText,
    activityAt,
    items: contents.items.map((item) => ({ ...item, name: nameOf(item, products) })),
    parseError: contents.error ?? (fields.values ? null : 'fields_unreadable'),
    fingerprint: rawText(row, 'fingerprint') ?? '',
  };
}

/** `BR, São Paulo`: country (its code, or the shown name in a block checkout) and city. */
function cityOf(location: string | null): string | null {
  return presentText(/^[^,]*,(.+)$/s.exec(location ?? '')?.[1]?.trim());
}

function nonZero(decimal: string | null): string | null {
  return decimal === null || Number(decimal) === 0 ? null : decimal;
}

function nameOf({ variationId, productId }: CartContents['items'][number], products: Map<string, ShopRow[]>) {
  const title = (postId: string) => readText(products.get(postId)?.[0], 'post_title');
  return title(variationId) ?? title(productId);
}

const emailColumns = ['email_sent', 'scheduled_time', 'coupon_code'];
const emailFingerprint = fingerprintOf(...emailColumns);

const emails = defineStream({
  name: 'emails',
  target: 'cart_email',
  label: 'E-mails de recuperação',
  pageSize: 900,
  detect: (shop) => shop.tables.has(history) && cartColumns(shop).has('session_id'),
  scans: [],
  fetch: [
    {
      name: 'emails',
      sql: (shop) =>
        `select id as record_id, ca_session_id, coupon_code, scheduled_time, email_sent, ${emailFingerprint} as fingerprint
         from ${tableOf(shop, history)} where id in (:ids)`,
    },
  ],
  digest: (shop) =>
    `select id, ${emailFingerprint} as fingerprint from ${tableOf(shop, history)} where id > :after_id order by id limit :limit`,
  digestAt: 'poll',
  look: (shop) =>
    `select ${checksumOfNullable('id', emailColumns)} from ${tableOf(shop, history)} where id > :after_id`,
  inPeriod: (shop) =>
    `select id from ${tableOf(shop, history)}
     where id > :after_id and scheduled_time >= :from_local and scheduled_time < :to_local order by id limit :limit`,
  newest: (shop) => `select id from ${tableOf(shop, history)} order by id desc limit :limit`,
  estimate: (shop) => `select count(*) as estimate from ${tableOf(shop, history)}`,
  assemble({ id, rows }, shop) {
    const row = rows.emails?.[0];
    if (!row) return { gone: true };
    const sessionId = rawText(row, 'ca_session_id');
    if (sessionId === null) return { skip: 'without_session' };
    const scheduledText = rawText(row, 'scheduled_time');
    const sent = Number(rawText(row, 'email_sent') ?? 0);
    return {
      record: {
        externalId: id,
        sessionId,
        couponCode: readText(row, 'coupon_code'),
        scheduledText,
        scheduledAt: parseLocal(scheduledText, shop.timeZone),
        // −1: the plugin dropped it because the shopper bought.
        state: sent > 0 ? 'sent' : sent < 0 ? 'cancelled' : 'scheduled',
        fingerprint: rawText(row, 'fingerprint') ?? '',
      },
    };
  },
});

export default defineSource({
  name: 'cart-abandonment',
  label: 'Carrinhos abandonados (CartFlows)',
  cartTables,
  detect: (shop) => shop.cartTable !== null && cartTables(shop.tables).includes(shop.cartTable),
  streams: [carts, emails],
});
