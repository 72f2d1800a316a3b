-- get_figures_leads: the leads captured in a period by what they are to the shop. One row. Whole days come from lead_days, the day that the period
-- breaks off in from its rows. A null limit leaves the period open; it begins with a local day.
-- $1 tenant · $2 from · $3 to
with company as materialized (
  select t.reporting_time_zone as zone, p.* from tenants t cross join period_days($2::timestamptz, $3::timestamptz, t.reporting_time_zone) p where t.id = $1
), leads_in as (
  select d.customer_status, d.lead_count
  from company w
  join lead_days d on d.tenant_id = $1 and d.day >= w.first_day and d.day < w.end_day
  union all
  select s.customer_status, 1
  from company w
  cross join lateral (
    select * from lead_statuses where tenant_id = $1 and captured_at >= w.rest_from and captured_at < $3
    offset 0 -- its own plan knows that both ends make a short range
  ) s
  where local_day(s.captured_at, w.zone) = w.end_day
)
select coalesce(sum(lead_count), 0)::integer as lead_count,
       coalesce(sum(lead_count) filter (where customer_status = 'was_customer'), 0)::integer as was_customer_count,
       coalesce(sum(lead_count) filter (where customer_status = 'became_customer'), 0)::integer as became_customer_count,
       coalesce(sum(lead_count) filter (where customer_status = 'not_customer'), 0)::integer as not_customer_count
from leads_in;
