// The rows of `listar`, streamed page after page in the order of our ids, so that a list of any length takes the memory of one page. Ids and
// money are strings (money with two decimals), instants ISO 8601 in UTC.
import type { PersonStatus } from '#shared/customer-statuses.ts';
import type { SiteId } from '#shared/ids.ts';
import { runQuery, type TenantClient } from '../db.ts';

export type ExportFilter = {
  /** Only this shop. */
  siteId?: SiteId | null;
  /** [from, to): by capture (leads), first activity (carts), creation (orders) or registration (accounts). */
  from?: Date | null;
  to?: Date | null;
};

const pageSize = 1000;

type LeadRow = {
  id: string;
  external_id: string;
  form_id: string;
  captured_at: Date | null;
  name: string | null;
  phone_raw: string | null;
  phone_e164: string | null;
  phone_status: string;
  phone_kind: string | null;
  email: string | null;
  size: string | null;
  customer_status: string | null;
  first_paid_at: Date | null;
  purchase_days: string | null;
};

type CartRow = {
  id: string;
  external_id: string;
  email: string | null;
  phone_e164: string | null;
  total: string | null;
  item_count: number;
  plugin_status: string;
  status: string | null;
  reason: string | null;
  first_activity_at: Date;
  last_activity_at: Date;
  matches: { orderSourceId: string; class: string; keys: string[]; score: number }[];
  best_order_external_id: string | null;
  credited_order_external_id: string | null;
  credited_value: string | null;
  score: number | null;
  causal_class: string | null;
};

type OrderRow = {
  id: string;
  external_id: string;
  wc_status: string;
  class: string;
  total: string;
  refunded: string;
  net: string;
  currency: string;
  created_at: Date | null;
  email_key: string | null;
  phone_keys: string[];
};

async function* rowsOf<Row extends { id: string }>(
  client: TenantClient,
  query: string,
  { siteId = null, from = null, to = null }: ExportFilter,
): AsyncGenerator<Row> {
  let after = '0';
  for (;;) {
    const values = { tenant: client.tenantId, site: siteId, from, to, after, limit: pageSize };
    const { rows } = await runQuery<Row>(client, query, values);
    yield* rows;
    if (rows.length < pageSize) return;
    after = rows.at(-1)!.id;
  }
}

const instant = (value: Date | null) => value?.toISOString() ?? null;

/** Every lead, also those that the shop no longer has. */
export async function* exportLeads(client: TenantClient, filter: ExportFilter) {
  for await (const row of rowsOf<LeadRow>(client, 'list_leads_export', filter)) {
    yield {
      sourceId: row.external_id,
      formId: row.form_id,
      submittedAt: instant(row.captured_at),
      name: row.name,
      phoneRaw: row.phone_raw,
      phoneE164: row.phone_e164,
      phoneStatus: row.phone_status,
      phoneKind: row.phone_kind,
      email: row.email,
      size: row.size,
      customerStatus: row.customer_status,
      firstPaidAt: instant(row.first_paid_at),
      // from the capture to the first paid order; less than zero: before it
      purchaseDays: row.purchase_days,
    };
  }
}

/** Every cart with its status, its paid and awaiting orders (best first), and the order that it is credited. */
export async function* exportCarts(client: TenantClient, filter: ExportFilter) {
  for await (const row of rowsOf<CartRow>(client, 'list_carts_export', filter)) {
    yield {
      sourceId: row.external_id,
      email: row.email,
      phoneE164: row.phone_e164,
      total: row.total,
      itemCount: row.item_count,
      pluginStatus: row.plugin_status,
      status: row.status,
      reason: row.reason,
      firstActivityAt: instant(row.first_activity_at),
      lastActivityAt: instant(row.last_activity_at),
      matches: row.matches,
      bestOrderSourceId: row.best_order_external_id,
      creditedOrderSourceId: row.credited_order_external_id,
      creditedValue: row.credited_value,
      score: row.score,
      causalClass: row.causal_class,
    };
  }
}

/** Every order; one that the shop no longer has is void. Drafts are never copied. */
export async function* exportOrders(client: TenantClient, filter: ExportFilter) {
  for await (const row of rowsOf<OrderRow>(client, 'list_orders_export', filter)) {
    yield {
      sourceId: row.external_id,
      wcStatus: row.wc_status,
      class: row.class,
      total: row.total,
      refunded: row.refunded,
      net: row.net,
      currency: row.currency,
      createdAt: instant(row.created_at),
      emailKey: row.email_key,
      phoneKeys: row.phone_keys,
    };
  }
}

type AccountRow = {
  id: string;
  external_id: string;
  email: string | null;
  first_name: string | null;
  last_name: string | null;
  display_name: string | null;
  registered_at: Date | null;
  billing_phone: string | null;
  billing_city: string | null;
  billing_state: string | null;
  billing_postcode: string | null;
  billing_country: string | null;
  is_paying_customer: boolean;
  order_count: number | null;
  total_spent: string | null;
  last_active_at: Date | null;
  missing_since: Date | null;
};

/** Every account of a registered customer, also those that the shop no longer has. */
export async function* exportAccounts(client: TenantClient, filter: ExportFilter) {
  for await (const row of rowsOf<AccountRow>(client, 'list_accounts_export', filter)) {
    yield {
      sourceId: row.external_id,
      email: row.email,
      firstName: row.first_name,
      lastName: row.last_name,
      displayName: row.display_name,
      registeredAt: instant(row.registered_at),
      billingPhone: row.billing_phone,
      billingCity: row.billing_city,
      billingState: row.billing_state,
      billingPostcode: row.billing_postcode,
      billingCountry: row.billing_country,
      isPayingCustomer: row.is_paying_customer,
      orderCount: row.order_count,
      totalSpent: row.total_spent,
      lastActiveAt: instant(row.last_active_at),
      missingSince: instant(row.missing_since),
    };
  }
}

export type CustomerFilter = {
  status?: PersonStatus | null;
  /** [from, to): only who paid in it; open at both ends takes everybody. */
  from?: Date | null;
  to?: Date | null;
};

type CustomerRow = {
  id: string;
  name: string | null;
  email: string | null;
  phone_e164: string | null;
  key_count: number;
  paid_order_count: number;
  net: string;
  average: string | null;
  currency: string;
  first_paid_at: Date | null;
  last_paid_at: Date | null;
  median_interval_days: string | null;
  recency: number | null;
  frequency: number | null;
  monetary: number | null;
  status: PersonStatus;
  last_seen_at: Date | null;
};

/** Every person with what they bought in the company's currency, their scores (null without a paid order in 24 months) and status. */
export async function* exportCustomers(
  client: TenantClient,
  { status = null, from = null, to = null }: CustomerFilter,
) {
  let after = '0';
  for (;;) {
    const values = { tenant: client.tenantId, status, from, to, after, limit: pageSize };
    const { rows } = await runQuery<CustomerRow>(client, 'list_customers_export', values);
    for (const row of rows) {
      yield {
        personId: row.id,
        name: row.name,
        email: row.email,
        phoneE164: row.phone_e164,
        keyCount: row.key_count,
        paidOrders: row.paid_order_count,
        net: row.net,
        average: row.average,
        currency: row.currency,
        firstPaidAt: instant(row.first_paid_at),
        lastPaidAt: instant(row.last_paid_at),
        medianIntervalDays: row.median_interval_days,
        recency: row.recency,
        frequency: row.frequency,
        monetary: row.monetary,
        status: row.status,
        lastSeenAt: instant(row.last_seen_at),
      };
    }
    if (rows.length < pageSize) return;
    after = rows.at(-1)!.id;
  }
}
