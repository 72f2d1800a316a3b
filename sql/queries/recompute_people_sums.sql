-- recompute_people_sums: the paid orders of a person, in the company's currency only. The scope holds whole persons.
-- $1 tenant
with sums as (
  select m.person_id, count(o.id)::integer as paid_order_count,
         min(coalesce(o.created_at, o.paid_at)) as first_paid_at, max(coalesce(o.created_at, o.paid_at)) as last_paid_at,
         coalesce(sum(o.net_minor), 0)::bigint as net_minor
  from people_scope s
  join person_members m on m.tenant_id = $1 and m.entity = s.entity and m.entity_id = s.entity_id
  left join orders o on o.tenant_id = $1 and s.entity = 'order' and o.id = s.entity_id and o.class = 'paid'
   and o.currency = (select currency from tenants where id = $1)
  group by m.person_id
)
update people p
set paid_order_count = s.paid_order_count, first_paid_at = s.first_paid_at, last_paid_at = s.last_paid_at, net_minor = s.net_minor
from sums s
where p.tenant_id = $1 and p.id = s.person_id
  and (p.paid_order_count, p.first_paid_at, p.last_paid_at, p.net_minor)
      is distinct from (s.paid_order_count, s.first_paid_at, s.last_paid_at, s.net_minor);
