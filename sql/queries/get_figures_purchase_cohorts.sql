-- get_figures_purchase_cohorts: people by the month of their first paid order, and how many of them bought (again) so many months later. A row for each
-- month and each distance in which anybody bought; distance 0 is the month itself, so it holds everybody.
-- $1 tenant · $2 from · $3 to
with months as materialized (
  -- where each month of the company's clock begins: an instant's month is its place among them, which costs a tenth of asking the clock
  select array_agg(day_start(month::date, t.reporting_time_zone) order by month) as starts, min(month) as first_month
  from tenants t
  cross join (select min(created_at) as first_at, max(created_at) as last_at from person_orders where tenant_id = $1) o
  cross join generate_series(date_trunc('month', local_time(o.first_at, t.reporting_time_zone)), local_time(o.last_at, t.reporting_time_zone), interval '1 month') month
  where t.id = $1
), bought as materialized (
  -- of the orders of a person in a month the last one counts: the next lies in another month
  select person_id, nth, created_at, width_bucket(created_at, w.starts) as month
  from person_orders cross join months w
  where tenant_id = $1 and created_at >= coalesce($2::timestamptz, '-infinity')
    and (nth = 1 or next_at is null or width_bucket(next_at, w.starts) > width_bucket(created_at, w.starts))
), counted as (
  select f.month, o.month - f.month as months_later, count(*)::integer as people
  from bought f
  join bought o on o.person_id = f.person_id and (o.nth = 1 or o.month > f.month)
  where f.nth = 1 and f.created_at < coalesce($3::timestamptz, 'infinity')
  group by 1, 2
)
select to_char(w.first_month + make_interval(months => c.month - 1), 'YYYY-MM') as month, c.months_later, c.people
from counted c cross join months w
order by c.month, c.months_later;
