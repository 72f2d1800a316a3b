// Carts of CartBounty, known by their columns. A row is updated at each capture and keeps the names of its products; carts of visitors who typed
// nothing yet are rows too. A shopper who empties the cart leaves a row without value, which the plugin deletes a day later.
import { findState } from '#shared/area-codes.ts';
import { parseDecimal } from '#shared/money.ts';
import type { CartItemRecord, CartRecord } from '../records.ts';
import { defineSource, defineStream, type ShopContext, type ShopRow, type ShopTables } from '../source.ts';
import { quantityOf, readBlob, readOtherFields, scannedItems } from '../wordpress/cart-contents.ts';
import type { PhpValue } from '../wordpress/php-unserialize.ts';
import { phpGet, phpNumber, phpString } from '../wordpress/php-value.ts';
import {
  fingerprintOf,
  presentId,
  presentText,
  rawText,
  readText,
  tableOf,
  UnreadableRowError,
} from '../wordpress/row-fields.ts';
import { checksumOfNullable } from '../wordpress/row-look.ts';
import { parseLocal } from '../wordpress/wordpress-time.ts';

const signature = ['id', 'name', 'surname', 'email', 'phone', 'cart_contents', 'cart_total', 'time', 'session_id'];
// Of the newer versions: selected where they exist.
const optionalColumns = ['type', 'currency', 'location', 'other_fields', 'wp_unsubscribed', 'wp_steps_completed'];
// Every capture sets `time`; an order, a reminder and the way out of the reminders set one of the others.
const changing = ['session_id', 'cart_total', 'time', 'type', 'wp_unsubscribed', 'wp_steps_completed'];

const cartTables = (tables: ShopTables): string[] =>
  tables
    .names()
    .filter((name) => signature.every((column) => tables.columns(name).has(column)))
    .sort((a, b) => Number(b === 'cartbounty') - Number(a === 'cartbounty') || (a < b ? -1 : 1));

const table = (shop: ShopContext) => tableOf(shop, shop.cartTable ?? '');

function columnsOf(shop: ShopContext, wanted: string[]): string[] {
  const there = shop.tables.columns(shop.cartTable ?? '');
  return wanted.filter((column) => there.has(column)).map((column) => `\`${column}\``);
}

const fingerprint = (shop: ShopContext) => fingerprintOf(...columnsOf(shop, changing));

const carts = defineStream({
  name: 'carts',
  target: 'cart',
  label: 'Carrinhos',
  pageSize: 200,
  scans: [],
  fetch: [
    {
      name: 'carts',
      sql: (shop) =>
        `select id as record_id, ${columnsOf(shop, [...signature.slice(1), ...optionalColumns]).join(', ')}, ${fingerprint(shop)} as fingerprint
         from ${table(shop)} where id in (:ids)`,
    },
  ],
  digest: (shop) =>
    `select id, ${fingerprint(shop)} as fingerprint from ${table(shop)} force index (primary)
     where id > :after_id and coalesce(cart_total, 0) <> 0 order by id limit :limit`,
  digestAt: 'poll',
  look: (shop) =>
    `select ${checksumOfNullable('id', columnsOf(shop, changing))} from ${table(shop)} force index (primary)
     where id > :after_id and coalesce(cart_total, 0) <> 0`,
  inPeriod: (shop) =>
    `select id from ${table(shop)} force index (primary)
     where id > :after_id and coalesce(cart_total, 0) <> 0 and time >= :from_local and time < :to_local order by id limit :limit`,
  newest: (shop) => `select id from ${table(shop)} order by id desc limit :limit`,
  estimate: (shop) => `select count(*) as estimate from ${table(shop)}`,
  assemble({ id, rows }, shop) {
    const row = rows.carts?.[0];
    if (!row) return { gone: true };
    // Emptied: what we know of it stays, as for a cart that a plugin deletes when it is bought.
    if (Number(rawText(row, 'cart_total') ?? 0) === 0) return { skip: 'emptied' };
    return { record: assembleCart({ id, row, timeZone: shop.timeZone }) };
  },
});

function assembleCart({ id, row, timeZone }: { id: string; row: ShopRow; timeZone: string }): CartRecord {
  const timeText = rawText(row, 'time');
  const activityAt = parseLocal(timeText, timeZone);
  if (!activityAt) throw new UnreadableRowError('time');
  const fields = readOtherFields(rawText(row, 'other_fields'));
  const field = (name: string) => presentText(fields.values?.get(`cartbounty_${name}`));
  const place = readLocation(rawText(row, 'location'));
  const contents = readContents(rawText(row, 'cart_contents'));
  return {
    externalId: id,
    sessionId: rawText(row, 'session_id') ?? id,
    checkoutPageId: null,
    email: readText(row, 'email'),
    phones: [readText(row, 'phone')],
    firstName: readText(row, 'name'),
    lastName: readText(row, 'surname'),
    city: place.city,
    // Alabama and Alagoas are both AL: a state counts only in Brazil.
    state:
      place.country === null || place.country === 'BR'
        ? (findState(field('billing_state')) ?? findState(field('shipping_state')) ?? findState(place.city))
        : null,
    postcode: place.postcode ?? field('billing_postcode') ?? field('shipping_postcode'),
    total: rawText(row, 'cart_total'),
    currency: readText(row, 'currency'),
    pluginStatus: statusOf(row),
    isUnsubscribed: Number(rawText(row, 'wp_unsubscribed') ?? 0) === 1,
    couponCode: null,
    orderExternalId: null,
    timeText,
    activityAt,
    ...contents,
    parseError: contents.parseError ?? (fields.values ? null : 'fields_unreadable'),
    fingerprint: rawText(row, 'fingerprint') ?? '',
  };
}

/**
 * Type 0 is every cart that was not bought, from its first capture on; only once the plugin has sent a reminder has it judged the cart abandoned.
 * 1 is recovered, 2 and 4 are ordered, 3 is back through a reminder and not yet bought.
 */
function statusOf(row: ShopRow): string {
  const type = (rawText(row, 'type') ?? '0').trim() || '0';
  if (type === '0') return Number(rawText(row, 'wp_steps_completed') ?? 0) > 0 ? 'abandoned' : 'normal';
  if (type === '3') return 'abandoned';
  return ['1', '2', '4'].includes(type) ? 'completed' : type;
}

/** Serialized {country, city, postcode}; before 4.6 `BR, São Paulo`. */
function readLocation(text: string | null) {
  if (text === null || text.trim() === '') return { country: null, city: null, postcode: null };
  const blob = /^a:\d+:\{/.test(text.trim()) ? readBlob(text) : null;
  const part = (key: string) => presentText(phpString(phpGet(blob, key)));
  const [country = null, city = null] =
    blob === null ? text.split(/,(.*)/s).map((each) => presentText(each.trim())) : [];
  return { country: part('country') ?? country, city: part('city') ?? city, postcode: part('postcode') };
}

/** A list of products; newer versions keep it as `products` beside their own data. */
function readContents(blob: string | null): { items: CartItemRecord[]; parseError: string | null } {
  if (blob === null || blob.trim() === '') return { items: [], parseError: null };
  const contents = readBlob(blob);
  const products = phpGet(contents, 'products') ?? contents;
  if (!(products instanceof Map)) {
    return { items: scannedItems(blob).map((item) => ({ ...item, name: null })), parseError: 'items_unreadable' };
  }
  const items = [...products.values()].flatMap((product) => itemOf(product) ?? []);
  return { items, parseError: items.length < products.size ? 'items_unreadable' : null };
}

function itemOf(product: PhpValue): CartItemRecord | null {
  const productId = presentId(phpString(phpGet(product, 'product_id')));
  const quantity = quantityOf(phpNumber(phpGet(product, 'quantity')));
  if (productId === null || quantity === null) return null;
  return {
    productId,
    variationId: presentId(phpString(phpGet(product, 'product_variation_id'))) ?? '0',
    // With the chosen attributes behind it: `Tênis: 37`.
    name: presentText(phpString(phpGet(product, 'product_title'))),
    attributes: null,
    quantity,
    // Despite its name the line's total without tax, like `line_total`.
    lineTotal: parseDecimal(phpNumber(phpGet(product, 'product_variation_price'))),
    isBundleChild: false,
  };
}

export default defineSource({
  name: 'cartbounty',
  label: 'Carrinhos abandonados (CartBounty)',
  cartTables,
  detect: (shop) => shop.cartTable !== null && cartTables(shop.tables).includes(shop.cartTable),
  streams: [carts],
});
