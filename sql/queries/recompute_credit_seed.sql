-- recompute_credit_seed: where credit may move: the carts of the scope, and the orders that they met before and meet now.
-- $1 tenant
with carts as (
  insert into credit_carts select cart_id from scope_carts
)
insert into credit_orders
select m.order_id from scope_carts s join cart_matches m on m.tenant_id = $1 and m.cart_id = s.cart_id where m.order_class = 'paid'
union
select order_id from scope_pairs where order_class = 'paid';
