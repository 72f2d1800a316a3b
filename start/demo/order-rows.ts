// An order as rows, in the order in which WooCommerce writes them: HPOS the order row, addresses, operational data and meta; legacy the post and
// its meta; items last under both. An order's `id` must be known: it comes from posts.
import type { Address, Order, Refund } from './facts.ts';
import { epochText, gmtText, localText, moneyText, type Shop } from './shop.ts';
import type { TableRow, Value } from './table-columns.ts';

const zeroDate = '0000-00-00 00:00:00';
const wooVersion = '10.9.1';

type PostInput = {
  id: number | null;
  type: string;
  status: string;
  title: string;
  createdAt: Date;
  modifiedAt: Date;
  parent?: number;
  excerpt?: string;
  password?: string;
  name?: string;
};

/** A row of posts. Drafts have no date in UTC yet: WordPress writes zeros there. */
export function postRow(shop: Pick<Shop, 'timeZone'>, post: PostInput): Value[] {
  const isDraft = post.status === 'auto-draft' || post.status === 'draft' || post.status === 'wc-checkout-draft';
  return [
    post.id,
    1,
    localText(post.createdAt, shop.timeZone),
    isDraft ? zeroDate : gmtText(post.createdAt),
    '',
    post.title,
    post.excerpt ?? '',
    post.status,
    'open',
    'closed',
    post.password ?? '',
    post.name ?? '',
    '',
    '',
    localText(post.modifiedAt, shop.timeZone),
    gmtText(post.modifiedAt),
    '',
    post.parent ?? 0,
    post.id === null ? '' : `https://loja.example/?post_type=${post.type}&p=${post.id}`,
    post.type,
  ];
}

function orderKey(id: number): string {
  return `wc_order_${(Math.imul(id, 2654435761) >>> 0).toString(36)}${id.toString(36)}`;
}

/** The row of posts that gives an order its id: the order itself, or under HPOS a placeholder whose dates never move again. */
export function orderPostRow(shop: Shop, order: Order): Value[] {
  const title = `Order &ndash; ${gmtText(order.createdAt)}`;
  if (shop.orderStorage === 'hpos') {
    const placeholder = { type: 'shop_order_placehold', status: 'draft', title: '', modifiedAt: order.createdAt };
    return postRow(shop, { id: order.id, createdAt: order.createdAt, ...placeholder });
  }
  return postRow(shop, {
    id: order.id,
    type: 'shop_order',
    status: order.status,
    title,
    createdAt: order.createdAt,
    modifiedAt: order.updatedAt,
    excerpt: order.note,
    password: order.id === null ? '' : orderKey(order.id),
  });
}

/** Meta that both storages write under the same keys. */
function commonMeta(order: Order): [string, string][] {
  const { cellphone, cpf, number, neighborhood } = order.brazil;
  return [
    ...(cellphone === undefined ? [] : [['_billing_cellphone', cellphone] as [string, string]]),
    ...(cpf === undefined
      ? []
      : ([
          ['_billing_cpf', cpf],
          ['_billing_persontype', '1'],
        ] as [string, string][])),
    ...(number === undefined ? [] : [['_billing_number', number] as [string, string]]),
    ...(neighborhood === undefined ? [] : [['_billing_neighborhood', neighborhood] as [string, string]]),
    ...Object.entries(order.attribution).map(([key, value]): [string, string] => [
      `_wc_order_attribution_${key}`,
      value,
    ]),
    ...Object.entries(order.meta),
  ];
}

function hposAddress(id: number, type: string, address: Address): TableRow {
  return [
    'wc_order_addresses',
    [
      id,
      type,
      address.firstName,
      address.lastName,
      null,
      address.address1,
      null,
      address.city,
      address.state,
      address.postcode,
      address.country,
      type === 'billing' ? address.email : null,
      address.phone,
    ],
  ];
}

function hposRows(id: number, order: Order): TableRow[] {
  const isPlaced = order.paidAt !== null;
  return [
    [
      'wc_orders',
      [
        id,
        order.status,
        order.currency,
        'shop_order',
        '0.00000000',
        moneyText(order.totalCents),
        order.userId,
        order.billing.email,
        gmtText(order.createdAt),
        gmtText(order.updatedAt),
        0,
        order.paymentMethod,
        order.paymentTitle,
        order.transactionId,
        order.ip,
        'Mozilla/5.0 (exemplo)',
        order.note,
      ],
    ],
    hposAddress(id, 'billing', order.billing),
    ...(order.shipping ? [hposAddress(id, 'shipping', order.shipping)] : []),
    [
      'wc_order_operational_data',
      [
        id,
        order.createdVia,
        wooVersion,
        0,
        isPlaced ? 1 : 0,
        isPlaced ? 1 : 0,
        '',
        isPlaced ? 1 : 0,
        orderKey(id),
        isPlaced ? 1 : 0,
        order.paidAt && gmtText(order.paidAt),
        order.completedAt && gmtText(order.completedAt),
        '0',
        moneyText(order.shippingCents),
        '0',
        moneyText(order.discountCents),
        isPlaced ? 1 : 0,
      ],
    ],
    ...commonMeta(order).map(([key, value]): TableRow => ['wc_orders_meta', [id, key, value]]),
  ];
}

function addressMeta(type: string, address: Address): [string, string][] {
  return [
    [`_${type}_first_name`, address.firstName],
    [`_${type}_last_name`, address.lastName],
    [`_${type}_address_1`, address.address1],
    [`_${type}_city`, address.city],
    [`_${type}_state`, address.state],
    [`_${type}_postcode`, address.postcode],
    [`_${type}_country`, address.country],
    ...(type === 'billing' ? [[`_billing_email`, address.email] as [string, string]] : []),
    [`_${type}_phone`, address.phone],
  ];
}

/** Date meta of a legacy order: epoch in UTC, and the pre-3.0 local text beside it. */
export function legacyDateMeta(shop: Shop, kind: 'paid' | 'completed', at: Date): [string, string][] {
  return [
    [`_date_${kind}`, epochText(at)],
    [`_${kind}_date`, localText(at, shop.timeZone)],
  ];
}

function legacyRows(shop: Shop, id: number, order: Order): TableRow[] {
  const meta: [string, string][] = [
    ['_order_key', orderKey(id)],
    ['_customer_user', String(order.userId)],
    ['_payment_method', order.paymentMethod],
    ['_payment_method_title', order.paymentTitle],
    ['_customer_ip_address', order.ip],
    ['_created_via', order.createdVia],
    ...addressMeta('billing', order.billing),
    ...(order.shipping ? addressMeta('shipping', order.shipping) : []),
    ['_order_currency', order.currency],
    ['_cart_discount', moneyText(order.discountCents)],
    ['_cart_discount_tax', '0'],
    ['_order_shipping', moneyText(order.shippingCents)],
    ['_order_shipping_tax', '0'],
    ['_order_tax', '0'],
    ['_order_total', moneyText(order.totalCents)],
    ['_order_version', wooVersion],
    ['_prices_include_tax', 'no'],
    ...(order.transactionId ? [['_transaction_id', order.transactionId] as [string, string]] : []),
    ...(order.paidAt ? legacyDateMeta(shop, 'paid', order.paidAt) : []),
    ...(order.completedAt ? legacyDateMeta(shop, 'completed', order.completedAt) : []),
    ...(order.status === 'trash' ? [['_wp_trash_meta_status', 'wc-processing'] as [string, string]] : []),
    ...commonMeta(order),
  ];
  return meta.map(([key, value]): TableRow => ['postmeta', [id, key, value]]);
}

/** Everything of an order between its row in posts and its items. */
export function orderRows(shop: Shop, order: Order & { id: number }): TableRow[] {
  return shop.orderStorage === 'hpos' ? hposRows(order.id, order) : legacyRows(shop, order.id, order);
}

export type OrderItem = { name: string; type: 'line_item' | 'shipping' | 'coupon'; meta: [string, string][] };

/** Lines, shipping and coupons. Discounts are spread over the lines in whole cents, the rest on the last one. */
export function orderItems(order: Order): OrderItem[] {
  const subtotal = order.lines.reduce((sum, line) => sum + line.unitCents * line.quantity, 0);
  const discount = Math.min(order.discountCents, subtotal);
  let left = discount;
  const lines = order.lines.map((line, index): OrderItem => {
    const cents = line.unitCents * line.quantity;
    const share = index === order.lines.length - 1 ? left : Math.floor((discount * cents) / (subtotal || 1));
    left -= share;
    return {
      name: line.name,
      type: 'line_item',
      meta: [
        ['_product_id', String(line.productId)],
        ['_variation_id', String(line.variationId)],
        ['_qty', String(line.quantity)],
        ['_tax_class', ''],
        ['_line_subtotal', moneyText(cents)],
        ['_line_subtotal_tax', '0'],
        ['_line_total', moneyText(cents - share)],
        ['_line_tax', '0'],
        ['_line_tax_data', 'a:2:{s:5:"total";a:0:{}s:8:"subtotal";a:0:{}}'],
        ...Object.entries(line.attributes),
      ],
    };
  });
  const shipping: OrderItem = {
    name: 'PAC',
    type: 'shipping',
    meta: [
      ['method_id', 'flat_rate'],
      ['instance_id', '1'],
      ['cost', moneyText(order.shippingCents)],
      ['total_tax', '0'],
    ],
  };
  const coupons = order.couponCodes.map(
    (code): OrderItem => ({
      name: code.toLowerCase(),
      type: 'coupon',
      meta: [
        ['discount_amount', moneyText(discount)],
        ['discount_amount_tax', '0'],
      ],
    }),
  );
  return [...lines, ...(order.shippingCents > 0 ? [shipping] : []), ...coupons];
}

/** The row of posts of a refund. */
export function refundPostRow(shop: Shop, refund: Refund): Value[] {
  const dates = { createdAt: refund.at, modifiedAt: refund.at };
  return shop.orderStorage === 'hpos'
    ? postRow(shop, { id: refund.id, type: 'shop_order_placehold', status: 'draft', title: '', ...dates })
    : postRow(shop, {
        id: refund.id,
        type: 'shop_order_refund',
        status: 'wc-completed',
        title: `Refund &ndash; ${gmtText(refund.at)}`,
        parent: refund.parent,
        excerpt: refund.reason,
        ...dates,
      });
}

/** A refund's other rows: its total is negative, its parent is the order. */
export function refundRows(shop: Shop, refund: Refund & { id: number }): TableRow[] {
  const own: [string, string][] = [
    ['_refund_amount', moneyText(refund.cents)],
    ['_refunded_by', '1'],
    ['_refunded_payment', ''],
    ['_refund_reason', refund.reason],
  ];
  if (shop.orderStorage === 'legacy') {
    const meta: [string, string][] = [
      ['_order_currency', refund.currency],
      ['_order_total', moneyText(-refund.cents)],
      ...own,
    ];
    return meta.map(([key, value]): TableRow => ['postmeta', [refund.id, key, value]]);
  }
  const at = gmtText(refund.at);
  const total = moneyText(-refund.cents);
  return [
    [
      'wc_orders',
      [
        refund.id,
        'wc-completed',
        refund.currency,
        'shop_order_refund',
        '0',
        total,
        null,
        null,
        at,
        at,
        refund.parent,
        null,
        null,
        null,
        null,
        null,
        null,
      ],
    ],
    ...own.map(([key, value]): TableRow => ['wc_orders_meta', [refund.id, key, value]]),
  ];
}
