-- get_figures_original_value: what the original system counted as recovered value: the best orders of the recovered and purchased carts of a period,
-- each once, in the company's currency, in minor units. An order of two carts belongs to the days of both, so this is no sum of days.
-- $1 tenant · $2 from · $3 to
select coalesce(sum(o.net_minor), 0)::bigint as value_minor
from (
  select distinct best_order_id from cart_statuses
  where tenant_id = $1 and status in ('recovered', 'purchased')
    and first_activity_at >= coalesce($2::timestamptz, '-infinity') and first_activity_at < coalesce($3::timestamptz, 'infinity')
) c
join orders o on o.tenant_id = $1 and o.id = c.best_order_id
where o.currency = (select currency from tenants where id = $1);
