// What the Clientes screens read: people by when they were last seen (customer_statuses_list_idx, customer_statuses_status_idx), or by their last paid
// order of a period (person_orders_period_idx), newest first; and one person with identities and timeline.
import { customerStatuses } from '#shared/customer-statuses.ts';
import type { PersonId, TenantId } from '#shared/ids.ts';
import { listSuggestions, listSuggestionsOf, type Suggestion } from '#shared/people/person.ts';
import { together } from '#shared/together.ts';
import type { ListChoice } from '#web/lists.ts';
import {
  type CustomerDetail,
  type CustomerKey,
  type CustomerRow,
  type CustomerUnion,
  type CustomerWord,
  mostTimelineEntries,
  type TimelineEntry,
} from '#web/pages/customer-types.ts';
import { type Duplicate, mostDuplicates } from '#web/pages/duplicates.tsx';
import type { Period } from '#web/period.ts';
import { type Fragment, runQuery, type Tx } from '../db.ts';
import { inPeriod, valueConditions } from '../lists/conditions.ts';
import { type Conditions, chosenConditions, inOrder, type ListContext, type ListSql } from '../lists/read.ts';
import { statementsOf } from '../recompute.ts';
import { searchMatches } from './search.ts';

const tabStatuses = {
  todos: null,
  ...Object.fromEntries(Object.entries(customerStatuses).map(([tab, status]) => [tab, [status]])),
};

/** Where the month begins that lies so many months after that of an instant, by the company's clock. */
const monthStart = (tx: Tx, { at, months, timeZone }: { at: Fragment; months: number; timeZone: string }) => tx`
  day_start((date_trunc('month', local_time(${at}, ${timeZone})) + make_interval(months => ${months}))::date, ${timeZone})`;

const tableOf = { order: 'orders', cart: 'carts', lead: 'leads' } as const;

/** The plain names for the scores of `c`; everybody who has scores is in one. */
export const scoreGroups = (tx: Tx) => ({
  campeoes: tx`c.recency >= 4 and c.frequency >= 4`,
  fieis: tx`c.recency >= 3 and c.frequency >= 3 and not (c.recency >= 4 and c.frequency >= 4)`,
  promissores: tx`c.recency >= 3 and c.frequency <= 2`,
  em_risco: tx`c.recency <= 2 and c.frequency >= 3`,
  hibernando: tx`c.recency <= 2 and c.frequency <= 2`,
});

function customerConditions(tx: Tx, period: Period, { now, timeZone }: ListContext): Conditions<'clientes'> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const isOf = (what: Fragment) => tx`c.person_id in (${what})`;
  // The people of a period are asked one by one, all people by all records: as a join the planner would read all of them for a few people too.
  const hasRecord = (kinds: readonly (keyof typeof tableOf)[], condition: (x: Fragment) => Fragment) => {
    const [first, ...others] = kinds.map((kind) => ({ kind, table: tx(tableOf[kind]), x: tx(tableOf[kind]) }));
    if (period.from === null && period.to === null) {
      const people = ({ kind, table, x }: NonNullable<typeof first>) => tx`
        select m.person_id from ${table} join person_members m on m.tenant_id = ${x}.tenant_id and m.entity = ${kind} and m.entity_id = ${x}.id
        where ${condition(tx`${x}`)}`;
      return isOf(others.reduce((all, each) => tx`${all} union ${people(each)}`, people(first!)));
    }
    const joins = [first!, ...others].reduce(
      (all, { kind, table, x }) => tx`${all}
        left join ${table} on m.entity = ${kind} and ${x}.tenant_id = m.tenant_id and ${x}.id = m.entity_id`,
      tx``,
    );
    const found = others.reduce((all, { x }) => tx`${all} or ${condition(tx`${x}`)}`, condition(tx`${first!.x}`));
    return tx`exists (
      select from person_members m ${joins} where m.tenant_id = c.tenant_id and m.person_id = c.person_id and (${found}) offset 0)`;
  };
  const groups: Readonly<Record<string, Fragment>> = scoreGroups(tx);
  return {
    ...valueConditions(tx, tx`p.net_minor`),
    // Which orders the period is about is said by the tables (customerSql).
    com_pedido: () => tx`true`,
    recorrentes: () => tx`w.nth >= 2`,
    estreia(value) {
      const [nth, again] = value.split('_');
      return tx`w.nth = ${Number(nth)} ${again ? tx`and w.next_at is not null` : tx``}`;
    },
    meses_depois: (value) => tx`w.nth = 1 and exists (
      select from person_orders later where later.tenant_id = w.tenant_id and later.person_id = w.person_id
        and later.created_at >= ${monthStart(tx, { at: tx`w.created_at`, months: Number(value), timeZone })}
        and later.created_at < ${monthStart(tx, { at: tx`w.created_at`, months: Number(value) + 1, timeZone })})`,
    r: (value) => tx`c.recency = ${Number(value)}`,
    f: (value) => tx`c.frequency = ${Number(value)}`,
    ultima_compra: (value) =>
      value === 'mais_180' ? tx`p.last_paid_at < ${daysAgo(180)}` : tx`p.last_paid_at >= ${daysAgo(Number(value))}`,
    ausencia: () =>
      tx`c.median_gap_seconds is not null and p.last_paid_at < ${now}::timestamptz - make_interval(secs => 2 * c.median_gap_seconds)`,
    rfm: (value) => groups[value]!,
    com_etiqueta: (value) =>
      /^\d{1,18}$/.test(value)
        ? isOf(tx`
            select m.person_id from record_tags g
            join person_members m on m.tenant_id = g.tenant_id and m.entity = g.entity and m.entity_id = g.entity_id
            where g.tag_id = ${value}::bigint and g.undone_at is null`)
        : tx`false`,
    uf: (value) => hasRecord(['order', 'cart'], (x) => tx`upper(${x}.state) in (${value}, ${`BR-${value}`})`),
    cidade: (value) => hasRecord(['order', 'cart'], (x) => tx`fold_words(${x}.city) = fold_words(${value})`),
    loja: (slug) =>
      hasRecord(['order', 'cart', 'lead'], (x) => tx`${x}.site_id = (select id from sites where slug = ${slug})`),
  };
}

/** The people of a period: by last sight, or by the last of their paid orders in it (none of a person's later ones is in it). */
export function customerSql(tx: Tx, { period, filters }: ListChoice, context: ListContext): ListSql {
  const { from, to } = period;
  const isByOneOrder = 'estreia' in filters || 'meses_depois' in filters;
  const isByOrders = isByOneOrder || 'com_pedido' in filters || 'recorrentes' in filters;
  const at = isByOrders ? tx`w.created_at` : tx`c.last_seen_at`;
  const people = tx`join people p on p.tenant_id = c.tenant_id and p.id = c.person_id`;
  const orders = tx`person_orders w join customer_statuses c on c.tenant_id = w.tenant_id and c.person_id = w.person_id`;
  const isOpen = from === null && to === null;
  return {
    from: isByOrders ? tx`${orders} ${people}` : tx`customer_statuses c ${people}`,
    countFrom: isByOrders ? tx`${orders} left ${people}` : tx`customer_statuses c left ${people}`,
    rowId: tx`c.person_id`,
    status: tx`c.status`,
    tabStatuses,
    conditions: tx`
      ${inPeriod(tx, at, period)} ${isByOrders && !isByOneOrder ? tx`and (w.next_at is null ${to ? tx`or w.next_at >= ${to}` : tx``})` : tx``}
      ${searchMatches(tx, context.search, 'person', tx`c.person_id`)} ${chosenConditions(tx, customerConditions(tx, period, context), filters)}`,
    sorts: {
      recentes: {
        at,
        id: isByOrders ? tx`w.order_id` : tx`c.person_id`,
        type: 'timestamptz',
        ...(isOpen ? { nulls: 'first' } : {}),
      },
      maior_valor: { at: tx`p.net_minor`, id: tx`p.id`, type: 'bigint' },
      ultima_compra: { at: tx`p.last_paid_at`, id: tx`p.id`, type: 'timestamptz', nulls: 'last' },
    },
  };
}

const customerColumns = (tx: Tx) => tx`
  c.person_id, d.name, d.email, d.phone_e164, d.phone_kind, c.status, c.recency, c.frequency, c.monetary, c.last_seen_at, p.paid_order_count,
  p.net_minor, p.first_paid_at, p.last_paid_at`;

/** The rows of a page, in its order. */
export async function loadCustomerRows(tx: Tx, ids: readonly string[]): Promise<(CustomerRow & { id: string })[]> {
  const rows = await tx<(CustomerRow & { id: string })[]>`
    select c.person_id as id, ${customerColumns(tx)}
    from customer_statuses c join people p on p.tenant_id = c.tenant_id and p.id = c.person_id
    join person_displays(app_tenant_id(), ${[...ids]}::bigint[]) d on d.person_id = c.person_id
    where c.person_id = any(${[...ids]}::bigint[]) and p.id = any(${[...ids]}::bigint[])`; // of both: neither is read whole
  return inOrder(ids, rows);
}

/** One person by its id, or by that of one who became part of it; null when this company has no such person. */
export async function findCustomer(
  tx: Tx,
  { tenantId, personId }: { tenantId: string; personId: PersonId },
): Promise<CustomerDetail | null> {
  const [person] = await runQuery<{ id: PersonId }>(tx, 'find_person', { tenant: tenantId, person: personId });
  if (!person) return null;
  const scope = { tenant: tenantId, person: person.id };
  const [[customer], keys, unions, suggestions, timeline] = await together([
    tx<Omit<CustomerDetail, 'keys' | 'unions' | 'words' | 'duplicates' | 'timeline'>[]>`
      select ${customerColumns(tx)}, t.currency, c.recent_order_count, c.recent_net_minor, c.median_gap_seconds, c.inactive_at
      from customer_statuses c
      join people p on p.tenant_id = c.tenant_id and p.id = c.person_id
      join tenants t on t.id = c.tenant_id
      cross join lateral person_display(c.tenant_id, c.person_id) d
      where c.person_id = ${person.id}`,
    runQuery<CustomerKey>(tx, 'get_person_keys', scope),
    runQuery<CustomerUnion>(tx, 'get_person_unions', scope),
    listSuggestionsOf(statementsOf(tx, tenantId as TenantId), { ...person, limit: 20 }),
    listTimeline(tx, person.id),
  ]);
  if (!customer) return null;
  const [words, duplicates] = await together([
    runQuery<CustomerWord>(tx, 'list_person_edges', { tenant: tenantId, keys: keys.map(({ key }) => key) }),
    withNames(tx, suggestions),
  ]);
  return { ...customer, keys, words, unions, duplicates, timeline };
}

/** Pairs of the whole company, one more than the page shows where there are more. */
export async function listDuplicates(tx: Tx, tenantId: TenantId): Promise<Duplicate[]> {
  return await withNames(tx, await listSuggestions(statementsOf(tx, tenantId), { limit: mostDuplicates + 1 }));
}

async function withNames(tx: Tx, pairs: readonly Suggestion[]): Promise<Duplicate[]> {
  if (pairs.length === 0) return [];
  const ids = [...new Set(pairs.flatMap(({ personA, personB }) => [personA, personB]))];
  const rows = await tx<{ id: string; name: string | null }[]>`
    select person_id as id, name from person_displays(app_tenant_id(), ${ids}::bigint[])`;
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return pairs.map((pair) => ({
    ...pair,
    nameA: names.get(pair.personA) ?? null,
    nameB: names.get(pair.personB) ?? null,
  }));
}

async function listTimeline(tx: Tx, personId: PersonId): Promise<TimelineEntry[]> {
  const member = (entity: string) => tx`person_members m where m.person_id = ${personId} and m.entity = ${entity}`;
  return await tx<TimelineEntry[]>`
    select * from (
      select 'order' as entity, o.id, coalesce(o.created_at, o.paid_at) as at, null as status, null as reason,
             coalesce(o.order_number, o.external_id::text) as number, o.class as order_class, o.wc_status, o.total_minor, o.currency, null as channel,
             null as user_name, false as is_undone, null as body, null::bigint as other_id, null as key
      from orders o where o.id in (select m.entity_id from ${member('order')})
      union all
      select 'cart', s.cart_id, s.first_activity_at, s.status, s.reason, null, null, null, s.total_minor, s.currency, null, null, false, null, null, null
      from cart_statuses s where s.cart_id in (select m.entity_id from ${member('cart')})
      union all
      select 'lead', l.lead_id, l.captured_at, l.customer_status, null, null, null, null, null, null, null, null, false, null, null, null
      from lead_statuses l where l.lead_id in (select m.entity_id from ${member('lead')})
      union all
      select 'contact', x.id, x.contacted_at, null, null, null, null, null, null, null, x.channel, u.name, x.undone_at is not null, null, null, null
      from person_members m
      join contacts x on x.tenant_id = m.tenant_id and x.entity = m.entity and x.entity_id = m.entity_id
      left join users u on u.id = x.user_id
      where m.person_id = ${personId}
      union all
      select 'note', n.id, n.created_at, null, null, null, null, null, null, null, null, u.name, false, n.body, null, null
      from person_members m
      join notes n on n.tenant_id = m.tenant_id and n.entity = m.entity and n.entity_id = m.entity_id and n.undone_at is null
      left join users u on u.id = n.user_id
      where m.person_id = ${personId}
      union all
      select case when kind = 'merged' then kind when person_id = ${personId} then 'split' else 'split_off' end, id, changed_at, null, null, null, null, null,
             null, null, null, null, false, null, case when person_id = ${personId} then other_person_id else person_id end, key
      from person_changes where other_person_id = ${personId} or (kind = 'split' and person_id = ${personId})
    ) entries
    order by at desc nulls last, entity, id desc limit ${mostTimelineEntries}`;
}
