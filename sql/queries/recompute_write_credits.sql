-- recompute_write_credits: the credited order of each reached cart and its total minus refunds.
-- $1 tenant · $2 now
with decided as (
  select r.cart_id, c.order_id, o.net_minor, o.currency
  from credit_carts r
  left join credits c on c.cart_id = r.cart_id
  left join orders o on o.tenant_id = $1 and o.id = c.order_id
)
update cart_statuses s
set credited_order_id = d.order_id, credited_minor = d.net_minor, credited_currency = d.currency, changed_at = $2
from decided d
where s.tenant_id = $1 and s.cart_id = d.cart_id
  and (s.credited_order_id, s.credited_minor, s.credited_currency) is distinct from (d.order_id, d.net_minor, d.currency);
