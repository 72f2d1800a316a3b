// What the Clientes screens read: people by when they were last seen (customer_statuses_list_idx, customer_statuses_status_idx), or by their last paid
// order of a period (person_orders_period_idx), newest first; and one person with identities and timeline.
import type { PersonStatus } from '#shared/customer-statuses.ts';
import { customerStatuses } from '#shared/customer-statuses.ts';
import type { PersonId } from '#shared/ids.ts';
import {
  type CustomerDetail,
  type CustomerKey,
  type CustomerRow,
  type CustomerTab,
  type CustomerUnion,
  customerTabNames,
  type LastPurchase,
  mostTimelineEntries,
  type TimelineEntry,
} from '#web/pages/customer-types.ts';
import type { PurchaseFilter } from '#web/pages/customers.tsx';
import type { Period } from '#web/period.ts';
import { runQuery, type Tx } from '../db.ts';
import type { KeysetPage, Paging } from '../keyset.ts';
import { cursorColumn, inPeriod, readDatedPage } from './dated-page.ts';

export type CustomerFilter = {
  period: Period;
  purchase: PurchaseFilter | null;
  lastPurchase: LastPurchase | null;
  now: Date;
};

/** The people of a period: by last sight, or by the last of their paid orders in it (none of a person's later ones is in it). */
function peopleIn(tx: Tx, { period, purchase, lastPurchase, now }: CustomerFilter) {
  const { to } = period;
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const bought =
    lastPurchase === null
      ? tx``
      : lastPurchase === 'mais_180'
        ? tx`and p.last_paid_at < ${daysAgo(180)}`
        : tx`and p.last_paid_at >= ${daysAgo(Number(lastPurchase))}`;
  const people = tx`join people p on p.tenant_id = c.tenant_id and p.id = c.person_id`;
  if (purchase === null) {
    const at = tx`c.last_seen_at`;
    return {
      at,
      id: tx`c.person_id`,
      from: tx`customer_statuses c ${people}`,
      // A count needs no people unless it asks for their purchases.
      countFrom: lastPurchase === null ? tx`customer_statuses c` : tx`customer_statuses c ${people}`,
      conditions: tx`${inPeriod(tx, at, period)} ${bought}`,
    };
  }
  const at = tx`w.created_at`;
  const from = tx`person_orders w join customer_statuses c on c.tenant_id = w.tenant_id and c.person_id = w.person_id ${people}`;
  return {
    at,
    id: tx`w.order_id`,
    from,
    countFrom: from,
    conditions: tx`
      ${inPeriod(tx, at, period)} and (w.next_at is null ${to ? tx`or w.next_at >= ${to}` : tx``})
      ${purchase === 'recorrentes' ? tx`and w.nth >= 2` : tx``} ${bought}`,
  };
}

const statusOf = (tab: CustomerTab): PersonStatus | null => (tab === 'todos' ? null : customerStatuses[tab]);

/** How many people each tab holds under the other filters. */
export async function countCustomers(tx: Tx, filter: CustomerFilter): Promise<Record<CustomerTab, number>> {
  const { countFrom, conditions } = peopleIn(tx, filter);
  const rows = await tx<{ status: PersonStatus; count: number }[]>`
    select c.status, count(*)::int as count from ${countFrom} where true ${conditions} group by c.status`;
  const counts = customerTabNames.map((tab) => {
    const status = statusOf(tab);
    return [tab, rows.reduce((sum, row) => sum + (status === null || status === row.status ? row.count : 0), 0)];
  });
  return Object.fromEntries(counts) as Record<CustomerTab, number>;
}

const customerColumns = (tx: Tx) => tx`
  c.person_id, d.name, d.email, d.phone_e164, d.phone_kind, c.status, c.recency, c.frequency, c.monetary, c.last_seen_at, p.paid_order_count,
  p.net_minor, p.first_paid_at, p.last_paid_at`;

type FoundCustomer = CustomerRow & { id: string; cursorAt: string };

/** One page of a tab. */
export async function listCustomers(
  tx: Tx,
  { tab, filter, paging }: { tab: CustomerTab; filter: CustomerFilter; paging: Paging },
): Promise<KeysetPage<FoundCustomer>> {
  const status = statusOf(tab);
  const { at, id, from, conditions } = peopleIn(tx, filter);
  return await readDatedPage<FoundCustomer>(tx, {
    at,
    id,
    paging,
    isOpenPeriod: filter.period.from === null && filter.period.to === null,
    read: ({ condition, order, limit }) => tx<FoundCustomer[]>`
      select ${id} as id, ${customerColumns(tx)}, ${cursorColumn(tx, at)}
      from ${from} cross join lateral person_display(c.tenant_id, c.person_id) d
      where true ${status ? tx`and c.status = ${status}` : tx``} ${conditions} ${condition}
      order by ${order} limit ${limit}`,
  });
}

/** Puts a tab's people into export_ids, in the list's order. */
export async function chooseCustomers(
  tx: Tx,
  { tab, filter }: { tab: CustomerTab; filter: CustomerFilter },
): Promise<void> {
  const status = statusOf(tab);
  const { at, id, from, conditions } = peopleIn(tx, filter);
  await tx`
    insert into export_ids (id)
    select c.person_id from ${from}
    where true ${status ? tx`and c.status = ${status}` : tx``} ${conditions}
    order by ${at} desc, ${id} desc`;
}

/** One person by its id, or by that of one who became part of it; null when this company has no such person. */
export async function findCustomer(
  tx: Tx,
  { tenantId, personId }: { tenantId: string; personId: PersonId },
): Promise<CustomerDetail | null> {
  const [person] = await runQuery<{ id: PersonId }>(tx, 'find_person', { tenant: tenantId, person: personId });
  if (!person) return null;
  const [customer] = await tx<Omit<CustomerDetail, 'keys' | 'unions' | 'timeline'>[]>`
    select ${customerColumns(tx)}, t.currency, c.recent_order_count, c.recent_net_minor, c.median_gap_seconds, c.inactive_at
    from customer_statuses c
    join people p on p.tenant_id = c.tenant_id and p.id = c.person_id
    join tenants t on t.id = c.tenant_id
    cross join lateral person_display(c.tenant_id, c.person_id) d
    where c.person_id = ${person.id}`;
  if (!customer) return null;
  const scope = { tenant: tenantId, person: person.id };
  return {
    ...customer,
    keys: await runQuery<CustomerKey>(tx, 'get_person_keys', scope),
    unions: await runQuery<CustomerUnion>(tx, 'get_person_unions', scope),
    timeline: await listTimeline(tx, person.id),
  };
}

async function listTimeline(tx: Tx, personId: PersonId): Promise<TimelineEntry[]> {
  const member = (entity: string) => tx`person_members m where m.person_id = ${personId} and m.entity = ${entity}`;
  return await tx<TimelineEntry[]>`
    select * from (
      select 'order' as entity, o.id, coalesce(o.created_at, o.paid_at) as at, null as status, null as reason,
             coalesce(o.order_number, o.external_id::text) as number, o.class as order_class, o.wc_status, o.total_minor, o.currency, null as channel,
             null as user_name, false as is_undone
      from orders o where o.id in (select m.entity_id from ${member('order')})
      union all
      select 'cart', s.cart_id, s.first_activity_at, s.status, s.reason, null, null, null, s.total_minor, s.currency, null, null, false
      from cart_statuses s where s.cart_id in (select m.entity_id from ${member('cart')})
      union all
      select 'lead', l.lead_id, l.captured_at, l.customer_status, null, null, null, null, null, null, null, null, false
      from lead_statuses l where l.lead_id in (select m.entity_id from ${member('lead')})
      union all
      select 'contact', x.id, x.contacted_at, null, null, null, null, null, null, null, x.channel, u.name, x.undone_at is not null
      from person_members m
      join contacts x on x.tenant_id = m.tenant_id and x.entity = m.entity and x.entity_id = m.entity_id
      left join users u on u.id = x.user_id
      where m.person_id = ${personId}
    ) entries
    order by at desc nulls last, entity, id desc limit ${mostTimelineEntries}`;
}
