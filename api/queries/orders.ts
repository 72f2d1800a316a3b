// What the Pedidos screens read: the list by creation, newest first, straight from orders_created_idx or orders_class_created_idx and one
// order with its carts and the person's other orders.
import type { OrderId } from '#shared/ids.ts';
import type { ListChoice } from '#web/lists.ts';
import {
  type ListedOrder,
  type OrderCart,
  type OrderCoupon,
  type OrderDetail,
  type OrderItem,
  type OrderRefund,
  type OtherOrder,
  orderTabs,
} from '#web/pages/order-types.ts';
import type { Period } from '#web/period.ts';
import type { Fragment, Tx } from '../db.ts';
import { clockConditions, contactConditions, inPeriod, siteCondition, valueConditions } from '../lists/conditions.ts';
import {
  type Conditions,
  chosenConditions,
  countTabs,
  inOrder,
  type ListContext,
  type ListSql,
  sumTabs,
} from '../lists/read.ts';
import { searchMatches } from './search.ts';
import { findShopAccount } from './shop-account.ts';

const tabStatuses = Object.fromEntries(
  Object.entries(orderTabs).map(([tab, orderClass]) => [tab, orderClass === null ? null : [orderClass]]),
);

const isCounted = (tx: Tx) => tx`o.currency = (select currency from tenants where id = app_tenant_id())`;

/** Two figures look at the period in their own way, as get_figures_carts and _orders do. */
function orderPeriod(tx: Tx, { period, filters: { carrinho, conta } }: ListChoice): Fragment {
  const wasCreated = inPeriod(tx, tx`o.created_at`, period);
  if (carrinho === 'aguardando') {
    return tx`and o.id in (select s.best_order_id from cart_statuses s where s.status = 'waiting' and s.reason = 'awaiting_payment'
                           ${inPeriod(tx, tx`s.first_activity_at`, period)})`;
  }
  if (!conta) return wasCreated;
  return tx`and ((true ${wasCreated}) or exists (select from order_refunds r where r.tenant_id = o.tenant_id and r.order_id = o.id
                                                  ${inPeriod(tx, tx`r.refunded_at`, period)}))`;
}

const methodPatterns: Readonly<Record<string, string>> = {
  pix: 'pix',
  boleto: 'boleto|billet|ticket',
  cartao: 'cart[aã]o|cr[eé]dit|d[eé]bit|card',
};

function orderConditions(tx: Tx, { now, timeZone }: ListContext): Conditions<'pedidos'> {
  const method = tx`concat_ws(' ', o.payment_method, o.payment_method_title)`;
  const recovered = tx`exists (select from cart_statuses s where s.tenant_id = o.tenant_id and s.best_order_id = o.id and s.status = 'recovered')`;
  const carts: Readonly<Record<string, Fragment>> = {
    aguardando: tx`true`,
    recuperou: recovered,
    nao_recuperou: tx`not ${recovered}`,
    creditado: tx`exists (
      select from cart_statuses s
      where s.tenant_id = o.tenant_id and s.credited_order_id = o.id and s.status = 'recovered' and s.causal_class <> 'prior_purchase')`,
  };
  const origin = tx`coalesce(o.created_via, '')`;
  const origins: Readonly<Record<string, Fragment>> = {
    loja: tx`${origin} in ('checkout', 'store-api')`,
    equipe: tx`${origin} = 'admin'`,
    outra: tx`${origin} not in ('checkout', 'store-api', 'admin')`,
  };
  return {
    ...contactConditions(tx, 'order', tx`o.id`, now),
    ...valueConditions(tx, tx`o.total_minor`),
    ...siteCondition(tx, tx`o.site_id`),
    telefone: (value) => (value === 'com' ? tx`o.phone_status = 'valid'` : tx`o.phone_status <> 'valid'`),
    conta: () => tx`${isCounted(tx)} and is_reported_order(o.wc_status, o.missing_since)`,
    carrinho: (value) => carts[value]!,
    metodo: (value) =>
      value === 'outro'
        ? tx`${method} !~* ${Object.values(methodPatterns).join('|')}`
        : tx`${method} ~* ${methodPatterns[value]!}`,
    compra: (value) =>
      tx`exists (select from person_orders w where w.tenant_id = o.tenant_id and w.order_id = o.id and ${value === 'primeira' ? tx`w.nth = 1` : tx`w.nth >= 2`})`,
    cupom: (value) =>
      tx`exists (select from order_coupons k where k.tenant_id = o.tenant_id and k.order_id = o.id and lower(btrim(k.code)) = lower(${value}))`,
    origem: (value) => origins[value]!,
    utm: (value) => tx`lower(${value}) in (lower(o.utm_source), lower(o.utm_medium), lower(o.utm_campaign))`,
    ...clockConditions(tx, tx`o.created_at`, timeZone),
    moeda: (value) => tx`o.currency = ${value}`,
  };
}

/** The list as it is read (api/lists/read.ts). */
export function orderSql(tx: Tx, choice: ListChoice, context: ListContext): ListSql {
  const { from, to } = choice.period;
  const isOpen = from === null && to === null;
  const seesUndated = isOpen || 'conta' in choice.filters || 'carrinho' in choice.filters;
  const created = { at: tx`o.created_at`, id: tx`o.id`, type: 'timestamptz' } as const;
  const value = { at: tx`o.total_minor`, id: tx`o.id`, type: 'bigint' } as const;
  return {
    from: tx`orders o`,
    rowId: tx`o.id`,
    status: tx`o.class`,
    tabStatuses,
    conditions: tx`
      ${orderPeriod(tx, choice)} ${searchMatches(tx, context.search, 'order', tx`o.id`)}
      ${chosenConditions(tx, orderConditions(tx, context), choice.filters)}`,
    unreachable: tx`o.phone_status <> 'valid'`,
    sorts: {
      recentes: { ...created, ...(seesUndated ? { nulls: 'first' } : {}) },
      antigos: { ...created, isAscending: true, ...(seesUndated ? { nulls: 'last' } : {}) },
      maior_valor: value,
      menor_valor: { ...value, isAscending: true },
    },
  };
}

/** How many orders each tab holds under the other parts of the choice. Without any but the shop, the days say it. */
export async function countOrders(
  tx: Tx,
  sql: ListSql,
  { search, filters, period }: ListChoice,
): Promise<Record<string, number>> {
  const { loja, ...others } = filters;
  if (search !== '' || Object.keys(others).length > 0) return await countTabs(tx, sql);
  const { firstDay, lastDay } = period;
  const rows = await tx<{ status: string; count: number }[]>`
    select class as status, sum(order_count)::int as count from order_days
    where true ${firstDay ? tx`and day between ${firstDay} and ${lastDay}` : tx``}
      ${loja ? tx`and site_id = (select id from sites where slug = ${loja})` : tx``}
    group by class`;
  return sumTabs(tabStatuses, rows);
}

const orderColumns = (tx: Tx) => tx`
  o.id, coalesce(o.order_number, o.external_id::text) as order_number, o.created_at, o.first_name, o.last_name, o.email, o.email_raw, o.wc_status,
  o.class as order_class, coalesce(nullif(o.payment_method_title, ''), o.payment_method) as payment_method, o.created_via, o.total_minor,
  o.refunded_minor, o.currency, o.missing_since,
  (select sum(i.quantity)::text from order_items i where i.tenant_id = o.tenant_id and i.order_id = o.id and i.kind = 'line_item') as item_quantity,
  p.person_id, c.cart_id, c.reason as cart_reason, case when c.credited_order_id = o.id then c.credited_minor end as credited_minor,
  (select w.nth >= 2 from person_orders w where w.tenant_id = o.tenant_id and w.order_id = o.id) as is_repeat`;

/** What the order adds to the shop's own report of the period. */
const reportColumns = (tx: Tx, period: Period) => tx`
  coalesce((true ${inPeriod(tx, tx`o.created_at`, period)}), false) as is_reported,
  (case when (true ${inPeriod(tx, tx`o.created_at`, period)}) then o.total - o.tax_total - o.shipping_total else 0 end
   - coalesce((select sum(r.amount) from order_refunds r where r.tenant_id = o.tenant_id and r.order_id = o.id
               ${inPeriod(tx, tx`r.refunded_at`, period)}), 0))::text as reported`;

const orderJoins = (tx: Tx) => tx`
  left join person_members p on p.tenant_id = o.tenant_id and p.entity = 'order' and p.entity_id = o.id
  left join lateral (
    select s.cart_id, s.reason, s.credited_order_id, s.credited_minor
    from cart_statuses s
    where s.tenant_id = o.tenant_id and s.best_order_id = o.id and s.status = 'recovered'
    order by s.credited_order_id is not distinct from o.id desc, s.cart_id limit 1) c on true`;

/** The rows of a page, in its order. */
export async function loadOrderRows(tx: Tx, ids: readonly string[], period: Period): Promise<ListedOrder[]> {
  const rows = await tx<ListedOrder[]>`
    select ${orderColumns(tx)}, ${reportColumns(tx, period)} from orders o ${orderJoins(tx)} where o.id = any(${[...ids]}::bigint[])`;
  return inOrder(ids, rows);
}

/** One order with everything its page shows; null when this company has no such order. */
export async function findOrder(tx: Tx, id: OrderId): Promise<OrderDetail | null> {
  const [order] = await tx<OrderDetail[]>`
    select ${orderColumns(tx)}, o.phone_e164, o.phone_status, o.phone_kind, o.phone_reason, o.phone_warnings,
           coalesce(nullif(o.cellphone_raw, ''), nullif(o.phone_raw, ''), o.shipping_phone_raw) as phone_raw, o.paid_at, o.city, o.state,
           site.name as site_name, (select e.reason from erased_records e where e.entity = 'order' and e.entity_id = o.id) as erased_for
    from orders o ${orderJoins(tx)}
    join sites site on site.tenant_id = o.tenant_id and site.id = o.site_id
    where o.id = ${id}`;
  if (!order) return null;
  const items = await tx<OrderItem[]>`
    select kind, name, attributes, quantity, total from order_items where order_id = ${id}
    order by array_position(array['line_item', 'shipping', 'fee'], kind), external_id`;
  const refunds = await tx<OrderRefund[]>`
    select amount, reason, refunded_at from order_refunds where order_id = ${id} order by refunded_at, external_id`;
  const coupons = await tx<
    OrderCoupon[]
  >`select code, discount from order_coupons where order_id = ${id} order by external_id`;
  const carts = await tx<OrderCart[]>`
    select m.cart_id, c.name, s.status, s.reason, m.score, c.total_minor, c.currency, c.last_activity_at,
           s.best_order_id is not distinct from m.order_id as is_best, case when s.credited_order_id = m.order_id then s.credited_minor end as credited_minor
    from cart_matches m
    join carts c on c.tenant_id = m.tenant_id and c.id = m.cart_id
    join cart_statuses s on s.tenant_id = m.tenant_id and s.cart_id = m.cart_id
    where m.order_id = ${id} order by m.score desc, m.cart_id limit 50`;
  const others = order.personId
    ? await tx<OtherOrder[]>`
        select o.id, coalesce(o.order_number, o.external_id::text) as order_number, o.created_at, o.wc_status, o.class as order_class, o.total_minor,
               o.currency
        from person_members m join orders o on o.tenant_id = m.tenant_id and o.id = m.entity_id
        where m.person_id = ${order.personId} and m.entity = 'order' and m.entity_id <> ${id}
        order by o.created_at desc nulls last, o.id desc limit 50`
    : [];
  return {
    ...order,
    account: await findShopAccount(tx, [id]),
    items: [...items],
    refunds: [...refunds],
    coupons: [...coupons],
    carts: [...carts],
    others: [...others],
  };
}
