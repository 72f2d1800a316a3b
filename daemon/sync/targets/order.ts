// An order with its items, refunds and coupons. Both order storages share one id space, so the copy has no source: a shop that switches from
// legacy to HPOS keeps its rows. Its class is judged by order_class() in SQL, from the status' row and its own facts.
import { isAnonymizedEmail, normalizeEmail } from '#shared/email.ts';
import { matchKeysOf } from '#shared/match-keys.ts';
import { toMinor } from '#shared/money.ts';
import { runQuery } from '../../db.ts';
import { refreshOrderClasses } from '../../recompute/order-class.ts';
import type { Value } from '../copy-text.ts';
import {
  minorOf,
  optionalDecimal,
  optionalId,
  phoneColumns,
  phonesOf,
  phoneValues,
  requireDecimal,
  requireId,
  requireQuantity,
} from '../fields.ts';
import { mergeMatchKeys } from '../match-keys.ts';
import { defineTarget } from '../target.ts';

const scale = 100_000_000n;

/** Adds amounts of eight places without a float. */
function sum(amounts: string[]): string {
  if (amounts.length === 0) return '0';
  const total = amounts.reduce((all, amount) => all + toMinor(amount, 8), 0n);
  const fraction = (total % scale).toString().replace('-', '').padStart(8, '0');
  return requireDecimal(`${total < 0n ? '-' : ''}${(total < 0n ? -total : total) / scale}.${fraction}`, 'refunds');
}

export const orderTarget = defineTarget<'order'>({
  target: 'order',
  table: 'orders',
  hasSource: false,
  isEpisodic: false,
  identitySql: 'c.external_id::text',
  identityOf: (record) => String(optionalId(record.externalId)),
  changeKind: 'order',
  columns: [
    'external_id',
    'order_number',
    'storage',
    'wc_status',
    'currency',
    'total',
    'tax_total',
    'shipping_total',
    'discount_total',
    'refunded',
    'total_minor',
    'refunded_minor',
    'customer_external_id',
    'first_name',
    'last_name',
    'email_raw',
    'email',
    'phone_raw',
    'cellphone_raw',
    'shipping_phone_raw',
    ...phoneColumns,
    'company',
    'address_1',
    'address_2',
    'address_number',
    'district',
    'city',
    'state',
    'postcode',
    'country',
    'tax_document',
    'person_type',
    'payment_method',
    'payment_method_title',
    'created_via',
    'customer_note',
    'utm_source',
    'utm_medium',
    'utm_campaign',
    'utm_content',
    'is_anonymized',
    'created_at',
    'modified_at',
    'paid_at',
    'completed_at',
    'created_text',
    'modified_text',
  ],
  childColumns: {
    staged_order_items: [
      'order_external_id',
      'external_id',
      'kind',
      'name',
      'product_id',
      'variation_id',
      'quantity',
      'subtotal',
      'total',
      'total_tax',
      'attributes',
    ],
    staged_order_refunds: ['order_external_id', 'external_id', 'amount', 'reason', 'refunded_at'],
    staged_order_coupons: ['order_external_id', 'external_id', 'code', 'discount'],
  },
  hasKeys: true,
  toRows(record, { site }) {
    const id = requireId(record.externalId, 'id');
    // Alabama and Alagoas are both AL: only an address in Brazil names a state that presumes an area code.
    const isBrazilian = !record.country || record.country === 'BR';
    const [billing, shipping] = isBrazilian ? [record.state, record.shippingState] : [null, null];
    const phones = phonesOf(
      [
        { raw: record.cellphone, state: billing ?? shipping },
        { raw: record.phone, state: billing ?? shipping },
        { raw: record.shippingPhone, state: shipping ?? billing },
      ],
      site.areaCode,
    );
    const isAnonymized = record.isAnonymized || isAnonymizedEmail(record.email);
    const total = requireDecimal(record.total, 'total');
    const refunds = record.refunds.map((refund) => requireDecimal(refund.amount, 'refund'));
    const refunded = sum(refunds);
    const values = [
      id,
      record.orderNumber,
      record.storage,
      record.wcStatus,
      record.currency,
      total,
      requireDecimal(record.taxTotal, 'tax'),
      requireDecimal(record.shippingTotal, 'shipping'),
      requireDecimal(record.discountTotal, 'discount'),
      refunded,
      minorOf(total, 'total'),
      minorOf(refunded, 'refunds'),
      optionalId(record.customerExternalId),
      record.firstName,
      record.lastName,
      record.email,
      isAnonymized ? null : normalizeEmail(record.email),
      record.phone,
      record.cellphone,
      record.shippingPhone,
      ...phoneValues(phones.main),
      record.company,
      record.address1,
      record.address2,
      record.addressNumber,
      record.district,
      record.city,
      record.state,
      record.postcode,
      record.country,
      record.taxDocument,
      record.personType,
      record.paymentMethod,
      record.paymentMethodTitle,
      record.createdVia,
      record.customerNote,
      record.utmSource,
      record.utmMedium,
      record.utmCampaign,
      record.utmContent,
      record.isAnonymized,
      record.createdAt,
      record.modifiedAt,
      record.paidAt,
      record.completedAt,
      record.createdText,
      record.modifiedText,
    ];
    return {
      values,
      children: {
        staged_order_items: record.items.map((item): Value[] => [
          id,
          requireId(item.externalId, 'item'),
          item.kind,
          item.name,
          optionalId(item.productId),
          optionalId(item.variationId),
          item.quantity === null ? null : requireQuantity(item.quantity, 'quantity'),
          optionalDecimal(item.subtotal),
          optionalDecimal(item.total),
          optionalDecimal(item.totalTax),
          item.attributes,
        ]),
        staged_order_refunds: record.refunds.map((refund, index): Value[] => [
          id,
          requireId(refund.externalId, 'refund'),
          refunds[index]!,
          refund.reason,
          refund.refundedAt,
        ]),
        staged_order_coupons: record.coupons.map((coupon): Value[] => [
          id,
          requireId(coupon.externalId, 'coupon'),
          coupon.code.trim().toLowerCase(),
          optionalDecimal(coupon.discount),
        ]),
      },
      keys: matchKeysOf({ emails: [record.email], phones: phones.all, isAnonymized }),
      touchedAt: record.modifiedAt ?? record.createdAt,
      isSettled: true,
    };
  },
  async write({ client, siteId, now, lowId, highId }, isAllNew) {
    const tenant = client.tenantId;
    if (isAllNew) {
      await runQuery(client, 'insert_orders', { tenant, site: siteId, now });
    } else {
      await runQuery(client, 'merge_orders', { tenant, site: siteId, now, low: lowId, high: highId });
      await runQuery(client, 'touch_orders', { tenant, site: siteId });
    }
    for (const child of ['order_items', 'order_refunds', 'order_coupons']) {
      if (!isAllNew) await runQuery(client, `clear_${child}`, { tenant });
      await runQuery(client, `insert_${child}`, { tenant });
    }
    await mergeMatchKeys(client, 'order', { isAllNew });
  },
  async afterChange({ client, siteId }, externalIds) {
    await client.query(
      `insert into recompute_queue (tenant_id, entity, entity_id)
       select $1, 'order', id from orders where tenant_id = $1 and site_id = $2 and external_id = any($3::bigint[])`,
      [client.tenantId, siteId, externalIds],
    );
    await refreshOrderClasses(client, siteId);
  },
});
