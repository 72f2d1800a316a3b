-- get_figures_purchase_cohorts: people by the month of their first paid order, and how many of them bought (again) so many months later. A row for each
-- month and each distance in which anybody bought; distance 0 is the month itself, so it holds everybody.
-- $1 tenant · $2 from · $3 to
with company as materialized (
  select reporting_time_zone as zone from tenants where id = $1
), firsts as materialized (
  select f.person_id, date_trunc('month', local_day(f.created_at, w.zone))::date as month
  from company w
  join person_orders f on f.tenant_id = $1 and f.nth = 1 and f.created_at >= coalesce($2::timestamptz, '-infinity') and f.created_at < coalesce($3::timestamptz, 'infinity')
), bought as (
  select f.month, f.person_id, date_trunc('month', local_day(o.created_at, w.zone))::date as in_month
  from firsts f
  cross join company w
  join person_orders o on o.tenant_id = $1 and o.person_id = f.person_id
)
select to_char(month, 'YYYY-MM') as month,
       (12 * (extract(year from in_month) - extract(year from month)) + extract(month from in_month) - extract(month from month))::integer as months_later,
       count(distinct person_id)::integer as people
from bought
group by month, in_month
order by bought.month, in_month;
