// A registered customer's account in the shop. Facts shown beside orders: no match keys, nothing to recompute (docs/rules.md: the WordPress
// account's e-mail is shown, never a key).
import { runQuery } from '../../db.ts';
import { optionalDecimal, requireId, trimmed } from '../fields.ts';
import { defineTarget } from '../target.ts';

export const customerTarget = defineTarget<'customer'>({
  target: 'customer',
  table: 'site_customers',
  hasSource: true,
  isEpisodic: false,
  identitySql: 'c.external_id::text',
  identityOf: (record) => requireId(record.externalId, 'id'),
  changeKind: 'order',
  columns: [
    'external_id',
    'email',
    'first_name',
    'last_name',
    'display_name',
    'registered_at',
    'billing_phone',
    'billing_city',
    'billing_state',
    'billing_postcode',
    'billing_country',
    'has_customer_role',
    'is_paying_customer',
    'order_count',
    'total_spent',
    'last_active_at',
    'parse_error',
  ],
  childColumns: {},
  hasKeys: false,
  toRows: (record) => ({
    values: [
      requireId(record.externalId, 'id'),
      trimmed(record.email),
      trimmed(record.firstName),
      trimmed(record.lastName),
      trimmed(record.displayName),
      record.registeredAt,
      trimmed(record.billingPhone),
      trimmed(record.billingCity),
      trimmed(record.billingState),
      trimmed(record.billingPostcode),
      trimmed(record.billingCountry),
      record.hasCustomerRole,
      record.isPayingCustomer,
      record.orderCount,
      optionalDecimal(record.totalSpent),
      record.lastActiveAt,
      record.parseError,
    ],
    children: {},
    keys: [],
    touchedAt: record.touchedAt,
    isSettled: true,
  }),
  async write({ client, siteId, source, now, lowId, highId }, isAllNew) {
    const place = { tenant: client.tenantId, site: siteId, source, now };
    if (isAllNew) await runQuery(client, 'insert_site_customers', place);
    else await runQuery(client, 'merge_site_customers', { ...place, low: lowId, high: highId });
  },
  async afterChange() {
    // Nobody's status depends on an account.
  },
});
