-- recompute_drop_person_orders: orders that are no paid order of a person any more.
-- $1 tenant
delete from person_orders p
using people_scope s
left join orders o on o.tenant_id = $1 and o.id = s.entity_id and o.class = 'paid' and coalesce(o.created_at, o.paid_at) is not null
 and o.currency = (select currency from tenants where id = $1)
where p.tenant_id = $1 and s.entity = 'order' and p.order_id = s.entity_id and (o.id is null or not s.has_key);
