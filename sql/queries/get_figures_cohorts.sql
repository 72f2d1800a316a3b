-- get_figures_cohorts: the carts of the recovery rate by the week (Monday) in which they began, and how many of them had come back so many days after
-- their last activity: columns are cumulative. The denominators come from cart_days; only recovered carts are read, with their best order.
-- $1 tenant · $2 from · $3 to · $4 class (null: came back in whatever way)
with company as materialized (
  select t.counts_carts_without_keys, t.reporting_time_zone as zone, greatest(p.first_day, '0001-01-01') as first_day, p.end_day
  from tenants t cross join period_days($2::timestamptz, $3::timestamptz, t.reporting_time_zone) p where t.id = $1
), weeks as (
  select date_trunc('week', d.day)::date as week, sum(d.cart_count)::integer as carts
  from company w join cart_days d on d.tenant_id = $1 and d.day >= w.first_day and d.day < w.end_day
  where (d.status = 'recovered' and d.causal_class <> 'prior_purchase') or (d.status = 'abandoned' and (d.has_keys or w.counts_carts_without_keys))
  group by 1
  having sum(d.cart_count) > 0
), recovered as (
  select date_trunc('week', local_day(s.first_activity_at, w.zone))::date as week,
         greatest(extract(epoch from o.created_at - s.last_activity_at) / 86400, 0) as days
  from company w
  join cart_statuses s on s.tenant_id = $1 and s.status = 'recovered' and s.causal_class is distinct from 'prior_purchase'
                      and s.first_activity_at >= coalesce($2::timestamptz, '-infinity') and s.first_activity_at < coalesce($3::timestamptz, 'infinity')
                      and ($4::text is null or s.causal_class = $4)
  left join orders o on o.tenant_id = $1 and o.id = s.best_order_id
)
select w.week::text as week, w.carts, count(r.days) filter (where r.days < 2)::integer as within_1_day, count(r.days) filter (where r.days < 4)::integer as within_3_days,
       count(r.days) filter (where r.days < 8)::integer as within_7_days, count(r.days) filter (where r.days < 15)::integer as within_14_days,
       count(r.week)::integer as recovered
from weeks w
left join recovered r on r.week = w.week
group by w.week, w.carts
order by w.week;
