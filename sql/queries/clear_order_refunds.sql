-- clear_order_refunds: those of the written orders, before the staged ones take their place.
-- $1 tenant
delete from order_refunds i using staged_touched t where i.tenant_id = $1 and i.order_id = t.entity_id;
