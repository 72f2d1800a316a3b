-- recompute_drop_matches: pairs that are no more.
-- $1 tenant
delete from cart_matches m using scope_carts s
where m.tenant_id = $1 and m.cart_id = s.cart_id
  and not exists (select from scope_pairs p where p.cart_id = m.cart_id and p.order_id = m.order_id and p.order_class <> 'void');
