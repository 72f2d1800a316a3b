-- insert_order_coupons: those of the written orders.
-- $1 tenant
insert into order_coupons (tenant_id, order_id, external_id, code, discount)
select $1::bigint, t.entity_id, s.external_id, s.code, s.discount
from staged_order_coupons s
join staged_touched t on t.external_id = s.order_external_id;
