-- get_figures_orders: the orders created in a period: by class, and both averages (docs/rules.md, figures). One row. Money is in the company's
-- currency, in minor units; paid orders in others are only counted. Whole days come from order_days and refund_days, the day that the period
-- breaks off in from its rows. A null limit leaves the period open; it begins with a local day.
-- $1 tenant · $2 from · $3 to
with company as materialized (
  select t.currency, t.reporting_time_zone as zone, p.* from tenants t cross join period_days($2::timestamptz, $3::timestamptz, t.reporting_time_zone) p where t.id = $1
), orders_in as materialized (
  select d.class, d.currency, d.is_reported, d.order_count, d.net_minor, d.net_sales
  from company w
  join order_days d on d.tenant_id = $1 and d.day >= w.first_day and d.day < w.end_day
  union all
  select o.class, o.currency, is_reported_order(o.wc_status, o.missing_since), 1, o.net_minor, o.total - o.tax_total - o.shipping_total
  from company w
  cross join lateral (
    select * from orders where tenant_id = $1 and created_at >= w.rest_from and created_at < $3
    offset 0 -- its own plan knows that both ends make a short range; joined, the planner would read every order
  ) o
  where local_day(o.created_at, w.zone) = w.end_day
), refunds_in as (
  select d.currency, d.amount
  from company w
  join refund_days d on d.tenant_id = $1 and d.day >= w.first_day and d.day < w.end_day
  union all
  select o.currency, r.amount
  from company w
  cross join lateral (select * from order_refunds where tenant_id = $1 and refunded_at >= w.rest_from and refunded_at < $3 offset 0) r
  join orders o on o.tenant_id = $1 and o.id = r.order_id and is_reported_order(o.wc_status, o.missing_since)
  where local_day(r.refunded_at, w.zone) = w.end_day
), counted as (
  select c.*, c.currency = w.currency as is_counted from orders_in c cross join company w
)
select coalesce(sum(order_count) filter (where class = 'paid'), 0)::integer as paid_count,
       coalesce(sum(order_count) filter (where class = 'awaiting_payment'), 0)::integer as awaiting_payment_count,
       coalesce(sum(order_count) filter (where class = 'void'), 0)::integer as void_count,
       coalesce(sum(order_count) filter (where class = 'paid' and is_counted), 0)::integer as counted_count,
       coalesce(sum(net_minor) filter (where class = 'paid' and is_counted), 0)::bigint as net_minor,
       round(sum(net_minor) filter (where class = 'paid' and is_counted)
             / nullif(sum(order_count) filter (where class = 'paid' and is_counted), 0))::bigint as average_minor,
       -- the shop's own report takes off refunds on their own day
       round(100 * (sum(net_sales) filter (where is_reported and is_counted)
                    - (select coalesce(sum(amount), 0) from refunds_in where currency = (select currency from company)))
             / nullif(sum(order_count) filter (where is_reported and is_counted), 0))::bigint as woocommerce_average_minor,
       (select coalesce(json_object_agg(currency, order_count), '{}')
        from (select currency, sum(order_count) as order_count from counted where class = 'paid' and not is_counted
              group by currency having sum(order_count) > 0) c) as other_currencies
from counted;
