-- get_figures_customers: the people who paid in a period, how many of them had paid twice or more by its end, how first and second orders went on, and the
-- median days between two paid orders of one person whose second lies in it (docs/rules.md, figures). One row. A null limit leaves the period open.
-- $1 tenant · $2 from · $3 to
with paid as (
  -- a person counts at the last order of the period: all orders by its end are up to that one, so its number is how many they are
  select nth, gap_seconds, next_at, next_at is null or next_at >= coalesce($3::timestamptz, 'infinity') as is_last
  from person_orders
  where tenant_id = $1 and created_at >= coalesce($2::timestamptz, '-infinity') and created_at < coalesce($3::timestamptz, 'infinity')
)
select count(*) filter (where is_last)::integer as customer_count,
       count(*) filter (where is_last and nth >= 2)::integer as repeat_count,
       count(*) filter (where nth >= 2)::integer as repeat_order_count,
       count(*) filter (where nth = 1)::integer as first_count,
       count(*) filter (where nth = 1 and next_at is not null)::integer as first_again_count,
       count(*) filter (where nth = 2)::integer as second_count,
       count(*) filter (where nth = 2 and next_at is not null)::integer as second_again_count,
       round((percentile_cont(0.5) within group (order by gap_seconds) filter (where gap_seconds >= 3600) / 86400)::numeric, 1) as median_interval_days
from paid;
