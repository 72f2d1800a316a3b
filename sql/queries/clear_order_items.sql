-- clear_order_items: those of the written orders, before the staged ones take their place.
-- $1 tenant
delete from order_items i using staged_touched t where i.tenant_id = $1 and i.order_id = t.entity_id;
