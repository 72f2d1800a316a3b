// A cart as the shop's plugin last left it, and what only repeated looking shows: its first and last activity, whether it lay abandoned, how
// often the shopper came back (docs/rules.md, Cart status, §4.4). The plugin's row is a slot for one shopper, used again and again: when its time jumps
// beyond the recovery window, the old facts are frozen and a new episode begins.
import { emailKeyOf } from '#shared/email.ts';
import { matchKeysOf } from '#shared/match-keys.ts';
import { runQuery } from '../../db.ts';
import type { Value } from '../copy-text.ts';
import {
  minorOf,
  optionalDecimal,
  optionalId,
  phoneColumns,
  phonesOf,
  phoneValues,
  requireId,
  requireQuantity,
  trimmed,
} from '../fields.ts';
import { mergeMatchKeys } from '../match-keys.ts';
import { defineTarget } from '../target.ts';

/** Two captures within a second have the same `time`: a row this young may change without its fingerprint changing (docs/wordpress.md §4.3). */
const sameSecondDoubtMs = 5_000;

const currencyOf = (text: string | null) => (text !== null && /^[A-Z]{3}$/.test(text) ? text : null);

export const cartTarget = defineTarget<'cart'>({
  target: 'cart',
  table: 'carts',
  hasSource: true,
  isEpisodic: true,
  identitySql: 'c.external_id::text',
  identityOf: (record) => String(optionalId(record.externalId)),
  changeKind: 'cart',
  columns: [
    'external_id',
    'session_id',
    'checkout_page_id',
    'name',
    'email_raw',
    'email',
    'phone_raw',
    ...phoneColumns,
    'city',
    'state',
    'postcode',
    'total',
    'total_minor',
    'currency',
    'item_count',
    'plugin_status',
    'is_unsubscribed',
    'coupon_code',
    'order_external_id',
    'time_text',
    'activity_at',
    'parse_error',
  ],
  childColumns: {
    staged_cart_items: [
      'external_id',
      'position',
      'product_id',
      'variation_id',
      'name',
      'attributes',
      'quantity',
      'line_total',
      'is_bundle_child',
    ],
  },
  hasKeys: true,
  toRows(record, { site, shopNow }) {
    const id = requireId(record.externalId, 'id');
    const phones = phonesOf(
      record.phones.map((raw) => ({ raw, state: record.state })),
      site.areaCode,
    );
    const total = optionalDecimal(record.total);
    const items = record.items.map((item, position): Value[] => [
      id,
      position,
      requireId(item.productId, 'product'),
      optionalId(item.variationId) ?? '0',
      item.name,
      item.attributes,
      requireQuantity(item.quantity, 'quantity'),
      optionalDecimal(item.lineTotal),
      item.isBundleChild,
    ]);
    const values = [
      id,
      record.sessionId,
      optionalId(record.checkoutPageId),
      trimmed(`${record.firstName ?? ''} ${record.lastName ?? ''}`),
      record.email,
      emailKeyOf(record.email),
      phones.mainRaw,
      ...phoneValues(phones.main),
      record.city,
      record.state,
      record.postcode,
      total,
      minorOf(total, 'total'),
      currencyOf(record.currency) ?? site.currency,
      record.items.filter((item) => !item.isBundleChild).length,
      record.pluginStatus,
      record.isUnsubscribed,
      trimmed(record.couponCode)?.toLowerCase() ?? null,
      optionalId(record.orderExternalId),
      record.timeText,
      record.activityAt,
      record.parseError,
    ];
    return {
      values,
      children: { staged_cart_items: items },
      keys: matchKeysOf({ emails: [record.email], phones: phones.all, isAnonymized: false }),
      touchedAt: record.activityAt,
      isSettled: Math.abs(shopNow.getTime() - record.activityAt.getTime()) > sameSecondDoubtMs,
    };
  },
  async write({ client, site, siteId, source, now, lowId, highId }, isAllNew) {
    const place = { tenant: client.tenantId, site: siteId, source, now };
    if (isAllNew) {
      await runQuery(client, 'insert_carts', place);
    } else {
      const range = { tenant: client.tenantId, site: siteId, source, low: lowId, high: highId };
      await runQuery(client, 'freeze_carts', { ...range, window_after: site.windowAfterMinutes });
      await runQuery(client, 'merge_carts', { ...range, now, cut_off: site.cutOffMinutes });
      await runQuery(client, 'touch_carts', { tenant: client.tenantId, site: siteId, source });
      await runQuery(client, 'clear_cart_items', { tenant: client.tenantId });
    }
    await runQuery(client, 'insert_cart_items', { tenant: client.tenantId });
    await mergeMatchKeys(client, 'cart', { isAllNew });
  },
  async afterChange({ client, siteId, source }, externalIds) {
    await client.query(
      `insert into recompute_queue (tenant_id, entity, entity_id)
       select $1, 'cart', id from carts where tenant_id = $1 and site_id = $2 and source = $3 and external_id = any($4::bigint[]) and is_current`,
      [client.tenantId, siteId, source, externalIds],
    );
  },
});
