-- recompute_reclass_orders: gives the orders in these statuses (null: in all) the class that their facts have now, and queues those that changed.
-- $1 tenant · $2 site · $3 statuses
with reclassed as (
  update orders o
  set class = order_class(o.wc_status, s.manual_class, s.has_paid_order, o.missing_since is not null, o.total, o.refunded)
  from order_status_classes s
  where o.tenant_id = $1 and o.site_id = $2 and s.tenant_id = $1 and s.site_id = $2 and s.wc_status = o.wc_status
    and ($3::text[] is null or o.wc_status = any ($3))
    and o.class <> order_class(o.wc_status, s.manual_class, s.has_paid_order, o.missing_since is not null, o.total, o.refunded)
  returning o.id
)
insert into recompute_queue (tenant_id, entity, entity_id)
select $1, 'order', id from reclassed;
