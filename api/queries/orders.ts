// What the Pedidos screens read: the list by creation, newest first, straight from orders_created_idx or orders_class_created_idx and one
// order with its carts and the person's other orders.
import type { OrderId } from '#shared/ids.ts';
import type { OrderChoices } from '#web/list-choices.ts';
import {
  type ListedOrder,
  type OrderCart,
  type OrderCoupon,
  type OrderDetail,
  type OrderItem,
  type OrderRefund,
  type OrderTab,
  type OtherOrder,
  orderTabNames,
  orderTabs,
} from '#web/pages/order-types.ts';
import type { Period } from '#web/period.ts';
import type { Tx } from '../db.ts';
import type { KeysetPage, Paging } from '../keyset.ts';
import { cursorColumn, inPeriod, readDatedPage } from './dated-page.ts';
import { findShopAccount } from './shop-account.ts';
import type { SiteName } from './sites.ts';

export type OrderFilter = { period: Period; site: SiteName | null; choices: OrderChoices };

const isCounted = (tx: Tx) => tx`o.currency = (select currency from tenants where id = app_tenant_id())`;

/** The rows behind a figure: `carrinho` and `conta` look at the period in their own way, as get_figures_carts and _orders do. */
function orderConditions(tx: Tx, { period, site, choices: { carrinho, conta, moeda } }: OrderFilter) {
  const wasCreated = inPeriod(tx, tx`o.created_at`, period);
  return tx`
  ${
    carrinho
      ? tx`and o.id in (select s.best_order_id from cart_statuses s where s.status = 'waiting' and s.reason = 'awaiting_payment'
                        ${inPeriod(tx, tx`s.first_activity_at`, period)})`
      : conta
        ? tx`and ${isCounted(tx)} and is_reported_order(o.wc_status, o.missing_since)
             and ((true ${wasCreated}) or exists (select from order_refunds r where r.tenant_id = o.tenant_id and r.order_id = o.id
                                                  ${inPeriod(tx, tx`r.refunded_at`, period)}))`
        : wasCreated
  }
  ${moeda ? tx`and o.currency = ${moeda}` : tx``}
  ${site ? tx`and o.site_id = ${site.id}` : tx``}`;
}

/** How many orders each tab holds under the other filters. Without choices the days say it. */
export async function countOrders(tx: Tx, filter: OrderFilter): Promise<Record<OrderTab, number>> {
  const { period, site, choices } = filter;
  const rows =
    Object.keys(choices).length === 0
      ? await tx<{ class: string; count: number }[]>`
          select class, sum(order_count)::int as count from order_days
          where true ${period.firstDay ? tx`and day between ${period.firstDay} and ${period.lastDay}` : tx``}
            ${site ? tx`and site_id = ${site.id}` : tx``}
          group by class`
      : await tx<{ class: string; count: number }[]>`
          select o.class, count(*)::int as count from orders o where true ${orderConditions(tx, filter)} group by o.class`;
  const counts = Object.fromEntries(
    orderTabNames.map((tab) => [
      tab,
      rows.reduce((sum, row) => sum + (orderTabs[tab] === null || orderTabs[tab] === row.class ? row.count : 0), 0),
    ]),
  );
  return counts as Record<OrderTab, number>;
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

type FoundOrder = ListedOrder & { cursorAt: string };

/** One page of a tab. */
export async function listOrders(
  tx: Tx,
  { tab, filter, paging }: { tab: OrderTab; filter: OrderFilter; paging: Paging },
): Promise<KeysetPage<FoundOrder>> {
  const orderClass = orderTabs[tab];
  const at = tx`o.created_at`;
  return await readDatedPage<FoundOrder>(tx, {
    at,
    id: tx`o.id`,
    paging,
    isOpenPeriod: filter.period.from === null && filter.period.to === null,
    // The page is cut first: what stands beside an order is looked up for its rows only.
    read: ({ condition, order, limit }) => tx<FoundOrder[]>`
      select ${orderColumns(tx)}, ${reportColumns(tx, filter.period)}, ${cursorColumn(tx, at)}
      from (
        select o.* from orders o
        where true ${orderClass ? tx`and o.class = ${orderClass}` : tx``} ${orderConditions(tx, filter)} ${condition}
        order by ${order} limit ${limit}
      ) o ${orderJoins(tx)}
      order by ${order}`,
  });
}

/** Puts a tab's orders into export_ids, in the list's order. */
export async function chooseOrders(tx: Tx, { tab, filter }: { tab: OrderTab; filter: OrderFilter }): Promise<void> {
  const orderClass = orderTabs[tab];
  await tx`
    insert into export_ids (id)
    select o.id from orders o
    where true ${orderClass ? tx`and o.class = ${orderClass}` : tx``} ${orderConditions(tx, filter)}
    order by o.created_at desc, o.id desc`;
}

/** One order with everything its page shows; null when this company has no such order. */
export async function findOrder(tx: Tx, id: OrderId): Promise<OrderDetail | null> {
  const [order] = await tx<OrderDetail[]>`
    select ${orderColumns(tx)}, o.phone_e164, o.phone_status, o.phone_kind, o.phone_reason, o.phone_warnings,
           coalesce(nullif(o.cellphone_raw, ''), nullif(o.phone_raw, ''), o.shipping_phone_raw) as phone_raw, o.paid_at, o.city, o.state,
           site.name as site_name
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
