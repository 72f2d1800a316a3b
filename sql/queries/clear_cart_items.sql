-- clear_cart_items: those of the written carts, before the staged ones take their place.
-- $1 tenant
delete from cart_items i using staged_touched t where i.tenant_id = $1 and i.cart_id = t.entity_id;
