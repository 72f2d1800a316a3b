-- get_figures_customers: the people who paid in a period, how many of them had paid twice or more by its end, and the median days between two
-- paid orders of one person whose second lies in it (docs/rules.md, figures). One row. A null limit leaves the period open.
-- $1 tenant · $2 from · $3 to
with paid as (
  -- a person counts at the last order of the period: all orders by its end are up to that one, so its number is how many they are
  select nth, gap_seconds, next_at is null or next_at >= coalesce($3::timestamptz, 'infinity') as is_last
  from person_orders
  where tenant_id = $1 and created_at >= coalesce($2::timestamptz, '-infinity') and created_at < coalesce($3::timestamptz, 'infinity')
), bought as (
  select count(*) filter (where is_last)::integer as customer_count,
         count(*) filter (where is_last and nth >= 2)::integer as repeat_count,
         count(*) filter (where nth >= 2)::integer as repeat_order_count,
         count(*) filter (where nth = 1)::integer as first_count,
         round((percentile_cont(0.5) within group (order by gap_seconds) filter (where gap_seconds >= 3600) / 86400)::numeric, 1) as median_interval_days
  from paid
), people_in as (
  select m.person_id from lead_statuses l join person_members m on m.tenant_id = $1 and m.entity = 'lead' and m.entity_id = l.lead_id
  where l.tenant_id = $1 and ($2::timestamptz is null or l.captured_at >= $2) and ($3::timestamptz is null or l.captured_at < $3)
  union
  select m.person_id from cart_statuses s join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = s.cart_id
  where s.tenant_id = $1 and ($2::timestamptz is null or s.first_activity_at >= $2) and ($3::timestamptz is null or s.first_activity_at < $3)
  union
  select m.person_id from orders o join person_members m on m.tenant_id = $1 and m.entity = 'order' and m.entity_id = o.id
  where o.tenant_id = $1 and ($2::timestamptz is null or o.created_at >= $2) and ($3::timestamptz is null or o.created_at < $3)
)
select b.*,
       (case when $2::timestamptz is null and $3::timestamptz is null then (select count(*) from people where tenant_id = $1)
             else (select count(*) from people_in) end)::integer as person_count
from bought b;
