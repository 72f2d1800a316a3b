-- get_figures_series: the additive figures of each local day of a period, in order; days without any are left out, and so is what has no readable date.
-- Values are in the company's currency, in minor units. The period is whole days; a null limit leaves it open.
-- $1 tenant · $2 from · $3 to
with company as materialized (
  select t.currency, t.reporting_time_zone as zone, greatest(p.first_day, '0001-01-01') as first_day, p.end_day
  from tenants t cross join period_days($2::timestamptz, $3::timestamptz, t.reporting_time_zone) p where t.id = $1
), days as (
  select d.day, sum(cart_count) filter (where status = 'abandoned') as abandoned, sum(cart_count) filter (where status = 'waiting') as waiting,
         sum(cart_count) filter (where status = 'recovered') as recovered, sum(cart_count) filter (where status = 'purchased') as purchased,
         sum(total_minor) filter (where status = 'abandoned' and d.currency = w.currency) as abandoned_minor,
         sum(credited_minor) filter (where credited_currency = w.currency and causal_class <> 'prior_purchase') as recovered_minor,
         null::bigint as paid_orders, null::bigint as paid_minor, null::bigint as leads
  from company w join cart_days d on d.tenant_id = $1 and d.day >= w.first_day and d.day < w.end_day
  group by d.day
  union all
  select d.day, null, null, null, null, null, null, sum(order_count) filter (where class = 'paid'),
         sum(net_minor) filter (where class = 'paid' and d.currency = w.currency), null
  from company w join order_days d on d.tenant_id = $1 and d.day >= w.first_day and d.day < w.end_day
  group by d.day
  union all
  select d.day, null, null, null, null, null, null, null, null, sum(lead_count)
  from company w join lead_days d on d.tenant_id = $1 and d.day >= w.first_day and d.day < w.end_day
  group by d.day
)
select day::text as day, coalesce(sum(abandoned), 0)::integer as abandoned, coalesce(sum(waiting), 0)::integer as waiting,
       coalesce(sum(recovered), 0)::integer as recovered, coalesce(sum(purchased), 0)::integer as purchased,
       coalesce(sum(abandoned_minor), 0)::bigint as abandoned_minor, coalesce(sum(recovered_minor), 0)::bigint as recovered_minor,
       coalesce(sum(paid_orders), 0)::integer as paid_orders, coalesce(sum(paid_minor), 0)::bigint as paid_minor,
       coalesce(sum(leads), 0)::integer as leads
from days
group by days.day
having sum(abandoned) > 0 or sum(waiting) > 0 or sum(recovered) > 0 or sum(purchased) > 0 or sum(paid_orders) > 0 or sum(leads) > 0
order by days.day;
