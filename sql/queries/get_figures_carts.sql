-- get_figures_carts: the carts of a period by first activity: by status, recovery rate, recovered value (docs/rules.md, figures). One row. Values
-- are in the company's currency, in minor units. Whole days come from cart_days; the day that the period breaks off in, the carts with an open
-- window and those that wait for a payment come from their rows. A null limit leaves the period open; it begins with a local day.
-- $1 tenant · $2 from · $3 to · $4 now
with company as materialized (
  select t.currency, t.counts_carts_without_keys, t.reporting_time_zone as zone, $4::timestamptz - make_interval(mins => t.window_after_minutes) as open_from, p.*
  from tenants t
  cross join period_days($2::timestamptz, $3::timestamptz, t.reporting_time_zone) p
  where t.id = $1
), carts_in as materialized (
  select d.status, d.reason, d.has_keys, d.causal_class, d.currency, d.credited_currency, d.cart_count, d.total_minor, d.credited_minor
  from company w
  join cart_days d on d.tenant_id = $1 and d.day >= w.first_day and d.day < w.end_day
  union all
  select s.status, s.reason, s.has_keys, coalesce(s.causal_class, ''), s.currency, coalesce(s.credited_currency, ''), 1, s.total_minor,
         coalesce(s.credited_minor, 0)
  from company w
  cross join lateral (
    select * from cart_statuses where tenant_id = $1 and first_activity_at >= w.rest_from and first_activity_at < $3
    offset 0 -- its own plan knows that both ends make a short range
  ) s
  where local_day(s.first_activity_at, w.zone) = w.end_day
), counted as (
  select c.*, status = 'recovered' and causal_class <> 'prior_purchase' as is_recovered,
         status = 'abandoned' and (has_keys or (select counts_carts_without_keys from company)) as is_abandoned,
         credited_currency = (select currency from company) as is_credit_counted
  from carts_in c
), open as (
  select count(*) filter (where s.status = 'recovered')::integer as recovered, count(*) filter (where s.status = 'abandoned')::integer as abandoned
  from company w
  join cart_statuses s on s.tenant_id = $1 and s.status in ('abandoned', 'recovered') and s.last_activity_at >= w.open_from
  where (case s.status when 'recovered' then s.causal_class is distinct from 'prior_purchase' else s.has_keys or w.counts_carts_without_keys end)
    and s.first_activity_at >= coalesce($2::timestamptz, '-infinity') and s.first_activity_at < coalesce($3::timestamptz, 'infinity')
), unpaid as (
  select coalesce(sum(o.total_minor) filter (where o.currency = (select currency from company)), 0)::bigint as value_minor, min(o.created_at) as oldest_at
  from (
    select distinct best_order_id from cart_statuses
    where tenant_id = $1 and status = 'waiting' and reason = 'awaiting_payment'
      and first_activity_at >= coalesce($2::timestamptz, '-infinity') and first_activity_at < coalesce($3::timestamptz, 'infinity')
  ) c
  join orders o on o.tenant_id = $1 and o.id = c.best_order_id
), sums as (
  select coalesce(sum(cart_count) filter (where status = 'abandoned'), 0)::integer as abandoned_count,
         coalesce(sum(cart_count) filter (where status = 'waiting'), 0)::integer as waiting_count,
         coalesce(sum(cart_count) filter (where status = 'recovered'), 0)::integer as recovered_count,
         coalesce(sum(cart_count) filter (where status = 'purchased'), 0)::integer as purchased_count,
         coalesce(sum(cart_count) filter (where status = 'removed'), 0)::integer as removed_count,
         coalesce(sum(cart_count) filter (where is_recovered), 0)::integer as rate_recovered,
         coalesce(sum(cart_count) filter (where is_abandoned), 0)::integer as rate_abandoned,
         coalesce(sum(cart_count) filter (where status in ('recovered', 'purchased')), 0)::integer as original_recovered,
         coalesce(sum(cart_count) filter (where causal_class = 'contacted'), 0)::integer as contacted_count,
         coalesce(sum(cart_count) filter (where causal_class = 'plugin_email'), 0)::integer as plugin_email_count,
         coalesce(sum(cart_count) filter (where causal_class = 'spontaneous'), 0)::integer as spontaneous_count,
         coalesce(sum(cart_count) filter (where causal_class = 'prior_purchase'), 0)::integer as prior_purchase_count,
         coalesce(sum(cart_count) filter (where reason = 'awaiting_payment'), 0)::integer as awaiting_payment_count,
         coalesce(sum(total_minor) filter (where status = 'abandoned' and currency = (select currency from company)), 0)::bigint as abandoned_minor,
         coalesce(sum(credited_minor) filter (where causal_class = 'contacted' and is_credit_counted), 0)::bigint as contacted_minor,
         coalesce(sum(credited_minor) filter (where causal_class = 'plugin_email' and is_credit_counted), 0)::bigint as plugin_email_minor,
         coalesce(sum(credited_minor) filter (where causal_class = 'spontaneous' and is_credit_counted), 0)::bigint as spontaneous_minor,
         coalesce(sum(credited_minor) filter (where causal_class = 'prior_purchase' and is_credit_counted), 0)::bigint as prior_purchase_minor
  from counted
)
select s.*, s.rate_recovered - o.recovered as closed_recovered, s.rate_abandoned - o.abandoned as closed_abandoned,
       o.recovered + o.abandoned as open_count, u.value_minor as awaiting_payment_minor, u.oldest_at as oldest_awaiting_at, w.currency
from sums s
cross join open o
cross join unpaid u
cross join company w;
