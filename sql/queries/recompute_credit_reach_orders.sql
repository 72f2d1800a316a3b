-- recompute_credit_reach_orders: the paid orders that could earn credit with the carts reached so far. In turn with its sibling until nothing new.
-- $1 tenant
insert into credit_orders
select distinct m.order_id
from credit_carts r
join cart_statuses s on s.tenant_id = $1 and s.cart_id = r.cart_id and s.status = 'recovered'
join cart_matches m on m.tenant_id = $1 and m.cart_id = r.cart_id
where m.earns_credit
on conflict do nothing;
