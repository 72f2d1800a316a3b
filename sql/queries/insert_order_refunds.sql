-- insert_order_refunds: those of the written orders.
-- $1 tenant
insert into order_refunds (tenant_id, order_id, external_id, amount, reason, refunded_at)
select $1::bigint, t.entity_id, s.external_id, s.amount, s.reason, s.refunded_at
from staged_order_refunds s
join staged_touched t on t.external_id = s.order_external_id;
