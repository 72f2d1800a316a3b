// What an order is under both of WooCommerce's storages: items, refunds, coupons, Brazilian Market fields, attribution. The two differ only in
// where the main facts lie, so each source reads those and everything else is here, once.
import { parseDecimal } from '#shared/money.ts';
import type { OrderItemRecord, OrderRecord } from '../records.ts';
import type { Fetch, ShopContext, ShopRow } from '../source.ts';
import {
  attributeText,
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
  UnreadableRowError,
} from './row-fields.ts';

/** Statuses that are no order (yet); a checkout-draft is made before the order is placed and deleted after a day. */
export const draftStatuses = ['auto-draft', 'draft', 'wc-checkout-draft', 'checkout-draft'];

/** The order types read; a refund is a row of its own and belongs to its parent. */
export const orderTypes = quoteAll(['shop_order', 'shop_order_refund']);

/** SQL: not one that WooCommerce deleted in the other storage and has yet to delete here; it notes these in HPOS' metadata (docs/wordpress.md §5.9). */
export function notDeletedYet(shop: ShopContext, id: string): string {
  if (!shop.tables.has('wc_orders_meta')) return 'true';
  const meta = tableOf(shop, 'wc_orders_meta');
  return `not exists (select 1 from ${meta} d where d.order_id = ${id} and d.meta_key = '_deleted_from')`;
}

// The spelling with `_` is WooCommerce's for every posted billing field; without it, of older plugins that wrote the field themselves.
const spellings = (field: string) => [`_billing_${field}`, `billing_${field}`];

/** Metadata that both storages keep under the same keys. */
export const sharedMetaKeys = [
  ...['cellphone', 'cpf', 'cnpj', 'persontype', 'number', 'neighborhood'].flatMap(spellings),
  '_order_number',
  '_order_number_formatted',
  '_anonymized',
  ...['source', 'medium', 'campaign', 'content'].map((name) => `_wc_order_attribution_utm_${name}`),
];

type SharedFacts = Pick<
  OrderRecord,
  | 'orderNumber'
  | 'cellphone'
  | 'addressNumber'
  | 'district'
  | 'taxDocument'
  | 'personType'
  | 'utmSource'
  | 'utmMedium'
  | 'utmCampaign'
  | 'utmContent'
  | 'isAnonymized'
>;

/** The facts of `sharedMetaKeys`, from metadata pivoted by key. */
export function readSharedMeta(meta: ReadonlyMap<string, string>): SharedFacts {
  const text = (...keys: string[]) =>
    keys.map((key) => presentText(meta.get(key))).find((value) => value !== null) ?? null;
  const billing = (field: string) => text(...spellings(field));
  const utm = (name: string) => text(`_wc_order_attribution_utm_${name}`);
  const cpf = digitsOf(billing('cpf'));
  const cnpj = digitsOf(billing('cnpj'));
  const person = billing('persontype')?.trim();
  const isCompany = person === '2' || (person !== '1' && cpf === null && cnpj !== null);
  const taxDocument = isCompany ? (cnpj ?? cpf) : (cpf ?? cnpj);
  return {
    orderNumber: text('_order_number_formatted', '_order_number'),
    cellphone: billing('cellphone'),
    addressNumber: billing('number'),
    district: billing('neighborhood'),
    taxDocument,
    // A shop that sells to one kind of person only does not write the type.
    personType: isCompany ? 'company' : person === '1' || taxDocument !== null ? 'individual' : null,
    utmSource: utm('source'),
    utmMedium: utm('medium'),
    utmCampaign: utm('campaign'),
    utmContent: utm('content'),
    isAnonymized: ['yes', '1'].includes(meta.get('_anonymized') ?? ''),
  };
}

function digitsOf(text: string | null): string | null {
  const digits = text?.replace(/\D/g, '') ?? '';
  return digits === '' ? null : digits;
}

// Items have no dates: they are read whole for each order that is read. What begins with `_` is WooCommerce's and plugins' own, the rest is
// what the shopper chose; texts are cut because plugins put whole documents there.
const itemKeys = ['_product_id', '_variation_id', '_qty', '_line_subtotal', '_line_total', '_line_tax'];

/** Two reads by order id, for a stream's `fetch`; their rows go to `readItems`. */
export const itemFetches: Fetch[] = [
  {
    name: 'items',
    sql: (shop: ShopContext) =>
      `select order_id as record_id, order_item_id, order_item_name, order_item_type
       from ${tableOf(shop, 'woocommerce_order_items')}
       where order_id in (:ids) and order_item_type in ('line_item', 'shipping', 'fee', 'coupon')`,
  },
  {
    name: 'itemMeta',
    sql: (shop: ShopContext) =>
      `select i.order_id as record_id, m.order_item_id, m.meta_id, m.meta_key, left(m.meta_value, 500) as meta_value
       from ${tableOf(shop, 'woocommerce_order_items')} i
       join ${tableOf(shop, 'woocommerce_order_itemmeta')} m on m.order_item_id = i.order_item_id
       where i.order_id in (:ids) and i.order_item_type in ('line_item', 'shipping', 'fee', 'coupon')
         and (${keyIn('m.meta_key', itemKeys)} or left(m.meta_key, 1) <> '_')`,
  },
];

/** Items and coupons, by item id, from the rows of `itemFetches`. */
export function readItems(rows: { [fetchName: string]: ShopRow[] }): Pick<OrderRecord, 'items' | 'coupons'> {
  const metaByItem = groupBy(rows.itemMeta, 'order_item_id');
  const items: OrderRecord['items'] = [];
  const coupons: OrderRecord['coupons'] = [];
  for (const row of sortById(rows.items, 'order_item_id')) {
    const externalId = rawText(row, 'order_item_id') ?? '';
    const kind = rawText(row, 'order_item_type');
    const meta = pivotMeta(metaByItem.get(externalId));
    if (kind === 'coupon') {
      const code = (readText(row, 'order_item_name') ?? '').trim().toLowerCase();
      coupons.push({ externalId, code, discount: parseDecimal(meta.get('discount_amount')) });
    } else if (kind === 'line_item' || kind === 'shipping' || kind === 'fee') {
      items.push(itemOf({ externalId, kind, name: readText(row, 'order_item_name') ?? '', meta }));
    }
  }
  return { items, coupons };
}

function itemOf({
  externalId,
  kind,
  name,
  meta,
}: Pick<OrderItemRecord, 'externalId' | 'kind' | 'name'> & { meta: Map<string, string> }): OrderItemRecord {
  const amount = (key: string) => parseDecimal(meta.get(key));
  const isShipping = kind === 'shipping';
  return {
    externalId,
    kind,
    name,
    productId: presentId(meta.get('_product_id')),
    variationId: presentId(meta.get('_variation_id')),
    quantity: amount('_qty'),
    subtotal: amount('_line_subtotal'),
    total: amount(isShipping ? 'cost' : '_line_total'),
    totalTax: amount(isShipping ? 'total_tax' : '_line_tax'),
    attributes: kind === 'line_item' ? attributesOf(meta) : null,
  };
}

// Short texts only: an add-on's serialized or JSON value is no attribute.
const isReadable = (value: string) => value !== '' && value.length <= 200 && !/^(?:[abdiOsC]:\d|[[{])/.test(value);

function attributesOf(meta: Map<string, string>): string | null {
  const chosen = [...meta].filter(([key, value]) => !key.startsWith('_') && isReadable(value)).sort(byKey);
  return chosen.map(([key, value]) => attributeText(key, value)).join(', ') || null;
}

const byKey = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : a > b ? 1 : 0);

/** A refund's total is negative; where it is missing, its own metadata tells the amount. */
export function refundAmount(total: string | null | undefined, metaAmount: string | undefined): string {
  return requiredAmount(presentText(total) ?? metaAmount, 'refund total').replace(/^-/, '');
}

/** An order's amount: what is missing (metadata is written after the order) is 0, what is no number goes to quarantine. */
export function requiredAmount(text: string | null | undefined, field: string): string {
  if (text === null || text === undefined || text.trim() === '') return '0';
  const amount = parseDecimal(text);
  if (amount === null) throw new UnreadableRowError(field);
  return amount;
}

/** The exact sum of two decimals of at most eight places. */
export function addDecimals(a: string, b: string): string {
  const units = (text: string) => {
    const [, sign, integer = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    const value = BigInt(integer + fraction.padEnd(8, '0').slice(0, 8));
    return sign === '-' ? -value : value;
  };
  const sum = units(a) + units(b);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(9, '0');
  const text = `${sum < 0n ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`;
  return parseDecimal(text) ?? '0';
}

/** `wc-processing` → `processing`; `trash` has no prefix. */
export function withoutPrefix(status: string): string {
  return status.replace(/^wc-/, '');
}
