// The figures a second time, from the rows alone and in one pass over all of them: what the roll-ups by day must add up to. These are the statements
// that the panel ran before it had roll-ups.
import type { TenantClient } from '../../daemon/db.ts';

const carts = `
with company as materialized (
  select currency, make_interval(mins => window_after_minutes) as after from tenants where id = $1
), carts_in as materialized (
  select s.status, s.reason, s.has_keys, s.causal_class, s.total_minor, s.currency = w.currency as is_counted, s.best_order_id,
         s.credited_order_id, s.credited_minor,
         s.status = 'recovered' and s.causal_class is distinct from 'prior_purchase' as is_recovered,
         s.status = 'abandoned' and s.has_keys as is_abandoned,
         s.last_activity_at + w.after < $4::timestamptz as is_closed
  from cart_statuses s
  cross join company w
  where s.tenant_id = $1
    and s.first_activity_at >= coalesce($2::timestamptz, '-infinity') and s.first_activity_at < coalesce($3::timestamptz, 'infinity')
), credit as (
  select c.causal_class, c.credited_minor
  from carts_in c
  join orders o on o.tenant_id = $1 and o.id = c.credited_order_id
  where o.currency = (select currency from company)
), original as (
  select coalesce(sum(o.net_minor), 0)::bigint as value_minor
  from (select distinct best_order_id from carts_in where status in ('recovered', 'purchased')) c
  join orders o on o.tenant_id = $1 and o.id = c.best_order_id
  where o.currency = (select currency from company)
), unpaid as (
  select coalesce(sum(o.total_minor) filter (where o.currency = (select currency from company)), 0)::bigint as value_minor, min(o.created_at) as oldest_at
  from (select distinct best_order_id from carts_in where reason = 'awaiting_payment') c
  join orders o on o.tenant_id = $1 and o.id = c.best_order_id
)
select count(*) filter (where status = 'abandoned')::integer as abandoned_count,
       count(*) filter (where status = 'waiting')::integer as waiting_count,
       count(*) filter (where status = 'recovered')::integer as recovered_count,
       count(*) filter (where status = 'purchased')::integer as purchased_count,
       count(*) filter (where status = 'removed')::integer as removed_count,
       count(*) filter (where is_recovered)::integer as rate_recovered,
       count(*) filter (where is_abandoned)::integer as rate_abandoned,
       count(*) filter (where is_recovered and is_closed)::integer as closed_recovered,
       count(*) filter (where is_abandoned and is_closed)::integer as closed_abandoned,
       count(*) filter (where (is_recovered or is_abandoned) and not is_closed)::integer as open_count,
       count(*) filter (where status in ('recovered', 'purchased'))::integer as original_recovered,
       count(*) filter (where causal_class = 'contacted')::integer as contacted_count,
       count(*) filter (where causal_class = 'plugin_email')::integer as plugin_email_count,
       count(*) filter (where causal_class = 'spontaneous')::integer as spontaneous_count,
       count(*) filter (where causal_class = 'prior_purchase')::integer as prior_purchase_count,
       count(*) filter (where reason = 'awaiting_payment')::integer as awaiting_payment_count,
       coalesce(sum(total_minor) filter (where status = 'abandoned' and is_counted), 0)::bigint as abandoned_minor,
       coalesce((select sum(credited_minor) from credit where causal_class = 'contacted'), 0)::bigint as contacted_minor,
       coalesce((select sum(credited_minor) from credit where causal_class = 'plugin_email'), 0)::bigint as plugin_email_minor,
       coalesce((select sum(credited_minor) from credit where causal_class = 'spontaneous'), 0)::bigint as spontaneous_minor,
       coalesce((select sum(credited_minor) from credit where causal_class = 'prior_purchase'), 0)::bigint as prior_purchase_minor,
       (select value_minor from original) as original_minor,
       (select value_minor from unpaid) as awaiting_payment_minor,
       (select oldest_at from unpaid) as oldest_awaiting_at,
       (select currency from company) as currency
from carts_in`;

const orders = `
with company as materialized (
  select currency from tenants where id = $1
), orders_in as materialized (
  select o.class, o.wc_status, o.currency, o.currency = w.currency as is_counted, o.net_minor,
         o.total - o.tax_total - o.shipping_total as net_sales, o.missing_since
  from orders o
  cross join company w
  where o.tenant_id = $1 and ($2::timestamptz is null or o.created_at >= $2) and ($3::timestamptz is null or o.created_at < $3)
), woocommerce as (
  -- the shop's own report: everything but pending, failed and cancelled; its refunds count on their own day
  select count(*) as order_count, coalesce(sum(net_sales), 0) as net_sales
  from orders_in
  where is_counted and missing_since is null
    and wc_status not in ('pending', 'failed', 'cancelled', 'trash', 'auto-draft', 'draft', 'checkout-draft')
), refunds as (
  select coalesce(sum(r.amount), 0) as amount
  from order_refunds r
  join orders o on o.tenant_id = $1 and o.id = r.order_id
  where r.tenant_id = $1 and o.missing_since is null and o.currency = (select currency from company)
    and o.wc_status not in ('pending', 'failed', 'cancelled', 'trash')
    and ($2::timestamptz is null or r.refunded_at >= $2) and ($3::timestamptz is null or r.refunded_at < $3)
)
select count(*) filter (where class = 'paid')::integer as paid_count,
       count(*) filter (where class = 'awaiting_payment')::integer as awaiting_payment_count,
       count(*) filter (where class = 'void')::integer as void_count,
       count(*) filter (where class = 'paid' and is_counted)::integer as counted_count,
       coalesce(sum(net_minor) filter (where class = 'paid' and is_counted), 0)::bigint as net_minor,
       (round(avg(net_minor) filter (where class = 'paid' and is_counted)))::bigint as average_minor,
       (select round(100 * (w.net_sales - r.amount) / nullif(w.order_count, 0))::bigint from woocommerce w, refunds r) as woocommerce_average_minor,
       (select coalesce(json_object_agg(currency, order_count), '{}')
        from (select currency, count(*) as order_count from orders_in where class = 'paid' and not is_counted group by currency) c) as other_currencies
from orders_in`;

const leads = `
select count(*)::integer as lead_count,
       count(*) filter (where customer_status = 'was_customer')::integer as was_customer_count,
       count(*) filter (where customer_status = 'became_customer')::integer as became_customer_count,
       count(*) filter (where customer_status = 'not_customer')::integer as not_customer_count
from lead_statuses
where tenant_id = $1 and ($2::timestamptz is null or captured_at >= $2) and ($3::timestamptz is null or captured_at < $3)`;

type Scope = { from: Date | null; to: Date | null; now: Date };

/** The rows of get_figures_carts, _orders and _leads, and of get_figures_original_value as original_minor of the carts. */
export async function referenceFigures(client: TenantClient, { from, to, now }: Scope) {
  const period = [client.tenantId, from, to];
  const found = [
    await client.query(carts, [...period, now]),
    await client.query(orders, period),
    await client.query(leads, period),
  ];
  const [cartRow, orderRow, leadRow] = found.map(({ rows }) => rows[0] as Record<string, unknown>);
  return { carts: cartRow!, orders: orderRow!, leads: leadRow! };
}
