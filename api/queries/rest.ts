// What the API reads: the statements of `carrinho listar`, a page at a time, and one page of people by number as the original system had it.
import type { SiteId, TenantId } from '#shared/ids.ts';
import { type CartRow, type CustomerRow, type LeadRow, type OrderRow, rowOf } from '#shared/list-rows.ts';
import { runQuery, type Tx } from '../db.ts';
import { openSearch, searchMatches } from './search.ts';

type Rows = { lead: LeadRow; cart: CartRow; order: OrderRow };
type WithId<Row> = Row & { id: string };

const queries = { lead: 'list_leads_export', cart: 'list_carts_export', order: 'list_orders_export' } as const;

type ListScope = {
  tenantId: TenantId;
  siteId: SiteId | null;
  period: { from: Date | null; to: Date | null };
  /** Only what comes after this id. */
  after: string;
  limit: number;
};

/** One page by our id. */
export async function listRecords<Kind extends keyof Rows>(
  tx: Tx,
  kind: Kind,
  { tenantId, siteId, period, after, limit }: ListScope,
): Promise<WithId<Rows[Kind]>[]> {
  const values = { tenant: tenantId, site: siteId, from: period.from, to: period.to, after, limit };
  const rows = await runQuery<{ id: string }>(tx, queries[kind], values);
  return rows.map((row) => ({ id: row.id, ...rowOf<Rows[Kind]>(row) }));
}

/** One record, or null when the company has none with this id. */
export async function findRecordRow<Kind extends keyof Rows>(
  tx: Tx,
  kind: Kind,
  { tenantId, id }: { tenantId: TenantId; id: string },
): Promise<WithId<Rows[Kind]> | null> {
  const scope = { tenantId, siteId: null, period: { from: null, to: null }, limit: 1 };
  const [row] = await listRecords(tx, kind, { ...scope, after: String(BigInt(id) - 1n) });
  return row?.id === id ? row : null;
}

type PeopleScope = {
  tenantId: TenantId;
  status: string | null;
  search: string;
  /** A viewer finds nobody by what is masked. */
  isMasked: boolean;
  /** `-net`: the largest first. */
  ordering: string;
  page: number;
  size: number;
};

/** One page of people, and how many there are. */
export async function listPeople(
  tx: Tx,
  { tenantId, status, search, isMasked, ordering, page, size }: PeopleScope,
): Promise<{ count: number; rows: CustomerRow[] }> {
  const terms = await openSearch(tx, search, { isMasked, searched: 'person' });
  const conditions = tx`
    where true ${status === null ? tx`` : tx`and c.status = ${status}`} ${searchMatches(tx, terms, 'person', tx`c.person_id`)}`;
  const [counted] = await tx<{ count: number }[]>`select count(*)::int as count from customer_statuses c ${conditions}`;
  const columns = {
    lastSeenAt: tx`c.last_seen_at`,
    lastPaidAt: tx`p.last_paid_at`,
    firstPaidAt: tx`p.first_paid_at`,
    net: tx`p.net_minor`,
    paidOrders: tx`p.paid_order_count`,
    personId: tx`c.person_id`,
  };
  const column = columns[ordering.replace('-', '') as keyof typeof columns];
  const order = ordering.startsWith('-')
    ? tx`${column} desc nulls last, c.person_id desc`
    : tx`${column} asc nulls first, c.person_id asc`;
  const chosen = await tx<{ id: string }[]>`
    select c.person_id as id from customer_statuses c join people p on p.tenant_id = c.tenant_id and p.id = c.person_id ${conditions}
    order by ${order} limit ${size} offset ${(page - 1) * size}`;
  return {
    count: counted!.count,
    rows: await readPeople(
      tx,
      tenantId,
      chosen.map(({ id }) => id),
    ),
  };
}

/** The people of these ids, in this order. */
export async function readPeople(tx: Tx, tenantId: TenantId, ids: readonly string[]): Promise<CustomerRow[]> {
  if (ids.length === 0) return [];
  const values = {
    tenant: tenantId,
    status: null,
    from: null,
    to: null,
    after: '0',
    limit: ids.length,
    people: [...ids],
  };
  const rows = await runQuery<{ id: string }>(tx, 'list_customers_export', values);
  const byId = new Map(rows.map((row) => [row.id, rowOf<CustomerRow>(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
