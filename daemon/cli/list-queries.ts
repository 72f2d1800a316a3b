// The rows of `listar` (shared/list-rows.ts), streamed page after page in the order of our ids, so that a list of any length takes the memory of one
// page.
import type { PersonStatus } from '#shared/customer-statuses.ts';
import type { SiteId } from '#shared/ids.ts';
import { type CartRow, type CustomerRow, type LeadRow, type OrderRow, rowOf } from '#shared/list-rows.ts';
import { runQuery, type TenantClient } from '../db.ts';

export type ExportFilter = {
  /** Only this shop. */
  siteId?: SiteId | null;
  /** [from, to): by capture (leads), first activity (carts), creation (orders) or registration (accounts). */
  from?: Date | null;
  to?: Date | null;
};

const pageSize = 1000;

async function* rowsOf<Row extends { id: string } = { id: string }>(
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
  for await (const row of rowsOf(client, 'list_leads_export', filter)) yield rowOf<LeadRow>(row);
}

/** Every cart with its status, its paid and awaiting orders (best first), and the order that it is credited. */
export async function* exportCarts(client: TenantClient, filter: ExportFilter) {
  for await (const row of rowsOf(client, 'list_carts_export', filter)) yield rowOf<CartRow>(row);
}

/** Every order; one that the shop no longer has is void. Drafts are never copied. */
export async function* exportOrders(client: TenantClient, filter: ExportFilter) {
  for await (const row of rowsOf(client, 'list_orders_export', filter)) yield rowOf<OrderRow>(row);
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

/** Every person with what they bought in the company's currency, their scores (null without a paid order in 24 months) and status. */
export async function* exportCustomers(
  client: TenantClient,
  { status = null, from = null, to = null }: CustomerFilter,
) {
  let after = '0';
  for (;;) {
    const values = { tenant: client.tenantId, status, from, to, after, limit: pageSize, people: null };
    const { rows } = await runQuery<{ id: string }>(client, 'list_customers_export', values);
    for (const row of rows) yield rowOf<CustomerRow>(row);
    if (rows.length < pageSize) return;
    after = rows.at(-1)!.id;
  }
}
