-- recompute_credit_reach: the recovered carts that compete, through whomever, with the carts and orders of the seed: from cart to order to cart until
-- nothing new. Each row found is looked at once, so that a chain costs what its length is.
-- $1 tenant
with recursive reached (is_cart, id) as (
  select true, cart_id from credit_carts
  union
  select false, order_id from credit_orders
  union
  select met.is_cart, met.id
  from reached r
  cross join lateral (
    select false as is_cart, m.order_id as id
    from cart_statuses s
    join cart_matches m on m.tenant_id = $1 and m.cart_id = s.cart_id
    where r.is_cart and s.tenant_id = $1 and s.cart_id = r.id and s.status = 'recovered' and m.earns_credit
    union all
    select true, m.cart_id
    from cart_matches m
    join cart_statuses s on s.tenant_id = $1 and s.cart_id = m.cart_id
    where not r.is_cart and m.tenant_id = $1 and m.order_id = r.id and m.earns_credit and s.status = 'recovered'
  ) met
)
insert into credit_carts
select id from reached where is_cart
on conflict do nothing;
