-- recompute_write_credits: the credited order of each reached cart and its total minus refunds.
-- $1 tenant · $2 now
with decided as (
  select r.cart_id, c.order_id, c.net_minor, c.currency
  from credit_carts r
  left join (
    -- the orders are taken one by one as their key grows: a tenth of them do not deserve a walk over all
    select c.cart_id, c.order_id, o.net_minor, o.currency
    from (select * from credits order by order_id offset 0) c
    left join lateral (select net_minor, currency from orders where tenant_id = $1 and id = c.order_id offset 0) o on true
  ) c on c.cart_id = r.cart_id
)
update cart_statuses s
set credited_order_id = d.order_id, credited_minor = d.net_minor, credited_currency = d.currency, changed_at = $2
from decided d
where s.tenant_id = $1 and s.cart_id = d.cart_id
  and (s.credited_order_id, s.credited_minor, s.credited_currency) is distinct from (d.order_id, d.net_minor, d.currency);
