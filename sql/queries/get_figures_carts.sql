-- get_figures_carts: the carts of a period by first activity: by status, recovery rate, recovered value (docs/rules.md, figures). One row. Values
-- are in the company's currency, in minor units. A null limit leaves the period open.
-- $1 tenant · $2 from · $3 to · $4 now
with company as materialized (
  select currency, make_interval(mins => window_after_minutes) as after from tenants where id = $1
), carts_in as materialized (
  select s.status, s.reason, s.has_keys, s.causal_class, s.total_minor, s.currency = w.currency as is_counted, s.best_order_id,
         s.credited_order_id, s.credited_minor,
         s.status = 'recovered' and s.causal_class <> 'prior_purchase' as is_recovered,
         s.status = 'abandoned' and s.has_keys as is_abandoned,
         s.last_activity_at + w.after < $4::timestamptz as is_closed
  from cart_statuses s
  cross join company w
  where s.tenant_id = $1
    and s.first_activity_at >= coalesce($2::timestamptz, '-infinity') and s.first_activity_at < coalesce($3::timestamptz, 'infinity')
), credit as (
  select c.causal_class, c.credited_minor
  from carts_in c
  join orders o on o.tenant_id = $1 and o.id = c.credited_order_id
  where o.currency = (select currency from company)
), original as (
  select coalesce(sum(o.net_minor), 0)::bigint as value_minor
  from (select distinct best_order_id from carts_in where status in ('recovered', 'purchased')) c
  join orders o on o.tenant_id = $1 and o.id = c.best_order_id
  where o.currency = (select currency from company)
), unpaid as (
  select coalesce(sum(o.total_minor) filter (where o.currency = (select currency from company)), 0)::bigint as value_minor, min(o.created_at) as oldest_at
  from (select distinct best_order_id from carts_in where reason = 'awaiting_payment') c
  join orders o on o.tenant_id = $1 and o.id = c.best_order_id
)
select count(*) filter (where status = 'abandoned')::integer as abandoned_count,
       count(*) filter (where status = 'waiting')::integer as waiting_count,
       count(*) filter (where status = 'recovered')::integer as recovered_count,
       count(*) filter (where status = 'purchased')::integer as purchased_count,
       count(*) filter (where status = 'removed')::integer as removed_count,
       count(*) filter (where is_recovered)::integer as rate_recovered,
       count(*) filter (where is_abandoned)::integer as rate_abandoned,
       count(*) filter (where is_recovered and is_closed)::integer as closed_recovered,
       count(*) filter (where is_abandoned and is_closed)::integer as closed_abandoned,
       count(*) filter (where (is_recovered or is_abandoned) and not is_closed)::integer as open_count,
       count(*) filter (where status in ('recovered', 'purchased'))::integer as original_recovered,
       count(*) filter (where causal_class = 'contacted')::integer as contacted_count,
       count(*) filter (where causal_class = 'plugin_email')::integer as plugin_email_count,
       count(*) filter (where causal_class = 'spontaneous')::integer as spontaneous_count,
       count(*) filter (where causal_class = 'prior_purchase')::integer as prior_purchase_count,
       count(*) filter (where reason = 'awaiting_payment')::integer as awaiting_payment_count,
       coalesce(sum(total_minor) filter (where status = 'abandoned' and is_counted), 0)::bigint as abandoned_minor,
       coalesce((select sum(credited_minor) from credit where causal_class = 'contacted'), 0)::bigint as contacted_minor,
       coalesce((select sum(credited_minor) from credit where causal_class = 'plugin_email'), 0)::bigint as plugin_email_minor,
       coalesce((select sum(credited_minor) from credit where causal_class = 'spontaneous'), 0)::bigint as spontaneous_minor,
       coalesce((select sum(credited_minor) from credit where causal_class = 'prior_purchase'), 0)::bigint as prior_purchase_minor,
       (select value_minor from original) as original_minor,
       (select value_minor from unpaid) as awaiting_payment_minor,
       (select oldest_at from unpaid) as oldest_awaiting_at,
       (select currency from company) as currency
from carts_in;
