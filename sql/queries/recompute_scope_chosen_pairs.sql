-- recompute_scope_chosen_pairs: the order that a person chose for the cart, whatever keys and window say.
-- $1 tenant
insert into equal_pairs (cart_id, order_id, has_email, is_all_shared, key_count, is_chosen, cart_site_id, first_activity_at, last_activity_at, coupon_code,
                         order_site_id, order_external_id, order_class, order_created_at, order_paid_at, order_seen_at)
select s.cart_id, v.order_id, false, false, 0, true, c.site_id, c.first_activity_at, c.last_activity_at, c.coupon_code,
       o.site_id, o.external_id, o.class, o.created_at, o.paid_at, o.first_seen_at
from scope_carts s
join cart_overrides v on v.tenant_id = $1 and v.cart_id = s.cart_id and v.kind = 'other_order' and v.undone_at is null
join carts c on c.tenant_id = $1 and c.id = s.cart_id
join orders o on o.tenant_id = $1 and o.id = v.order_id
on conflict (cart_id, order_id) do update set is_chosen = true;
