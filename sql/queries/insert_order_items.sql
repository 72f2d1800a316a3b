-- insert_order_items: those of the written orders.
-- $1 tenant
insert into order_items (tenant_id, order_id, external_id, kind, name, product_id, variation_id, quantity, subtotal, total, total_tax, attributes)
select $1::bigint, t.entity_id, s.external_id, s.kind, s.name, s.product_id, s.variation_id, s.quantity, s.subtotal, s.total, s.total_tax,
       s.attributes
from staged_order_items s
join staged_touched t on t.external_id = s.order_external_id;
