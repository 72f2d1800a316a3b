-- check_figures: where the figures by day are not what the rows say: one row for each kind and day, with what is kept and what is true. None when all is well.
-- $1 tenant
with kept as (
  select 'carts' as kind, day, to_jsonb(d) - 'tenant_id' - 'day' as line from cart_days d
  where tenant_id = $1 and (cart_count, total_minor, credited_minor) <> (0, 0, 0)
  union all
  select 'orders', day, to_jsonb(d) - 'tenant_id' - 'day' from order_days d where tenant_id = $1 and (order_count, net_minor, net_sales) <> (0, 0, 0)
  union all
  select 'refunds', day, to_jsonb(d) - 'tenant_id' - 'day' from refund_days d where tenant_id = $1 and (refund_count, amount) <> (0, 0)
  union all
  select 'leads', day, to_jsonb(d) - 'tenant_id' - 'day' from lead_days d where tenant_id = $1 and lead_count <> 0
), truth as (
  select 'carts' as kind, day, to_jsonb(d) - 'tenant_id' - 'day' as line from true_cart_days d where tenant_id = $1
  union all
  select 'orders', day, to_jsonb(d) - 'tenant_id' - 'day' from true_order_days d where tenant_id = $1
  union all
  select 'refunds', day, to_jsonb(d) - 'tenant_id' - 'day' from true_refund_days d where tenant_id = $1
  union all
  select 'leads', day, to_jsonb(d) - 'tenant_id' - 'day' from true_lead_days d where tenant_id = $1
)
select kind, case when isfinite(day) then day::text end as day,
       coalesce(jsonb_agg(line order by line) filter (where is_kept), '[]') as kept,
       coalesce(jsonb_agg(line order by line) filter (where not is_kept), '[]') as truth
from (
  select true as is_kept, * from (select * from kept except select * from truth) only_kept
  union all
  select false, * from (select * from truth except select * from kept) only_true
) differences
group by kind, differences.day
order by kind, differences.day;
