-- recompute_scope_chosen_pairs: the order that a person chose for the cart, whatever keys and window say.
-- $1 tenant
insert into equal_pairs (cart_id, order_id, has_email, is_all_shared, key_count, is_chosen)
select s.cart_id, v.order_id, false, false, 0, true
from scope_carts s
join cart_overrides v on v.tenant_id = $1 and v.cart_id = s.cart_id and v.kind = 'other_order' and v.undone_at is null
join orders o on o.tenant_id = $1 and o.id = v.order_id
on conflict (cart_id, order_id) do update set is_chosen = true;
