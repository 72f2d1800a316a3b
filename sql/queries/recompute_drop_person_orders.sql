-- recompute_drop_person_orders: orders that are no paid order of a person any more.
-- $1 tenant
delete from person_orders p using people_scope s
where p.tenant_id = $1 and s.entity = 'order' and p.order_id = s.entity_id
  and not exists (
    select from orders o
    join person_members m on m.tenant_id = $1 and m.entity = 'order' and m.entity_id = o.id
    where o.tenant_id = $1 and o.id = p.order_id and o.class = 'paid' and coalesce(o.created_at, o.paid_at) is not null
      and o.currency = (select currency from tenants where id = $1));
