-- recompute_credit_reach_carts: the recovered carts that could take one of the orders reached so far.
-- $1 tenant
insert into credit_carts
select distinct m.cart_id
from credit_orders r
join cart_matches m on m.tenant_id = $1 and m.order_id = r.order_id
join cart_statuses s on s.tenant_id = $1 and s.cart_id = m.cart_id and s.status = 'recovered'
where m.earns_credit
on conflict do nothing;
