-- insert_cart_items: those of the written carts.
-- $1 tenant
insert into cart_items (tenant_id, cart_id, position, product_id, variation_id, name, attributes, quantity, line_total, is_bundle_child)
select $1::bigint, t.entity_id, s.position, s.product_id, s.variation_id, s.name, s.attributes, s.quantity, s.line_total, s.is_bundle_child
from staged_cart_items s
join staged_touched t on t.external_id = s.external_id;
