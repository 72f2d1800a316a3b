-- get_figures_orders: the orders created in a period: by class, and both averages (docs/rules.md, figures). One row. Money is in the company's
-- currency, in minor units; paid orders in others are only counted. A null limit leaves the period open.
-- $1 tenant · $2 from · $3 to
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
from orders_in;
