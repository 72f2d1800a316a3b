-- recompute_write_person_orders: the paid orders of the people looked at, one after the other, with the seconds since the one before and the
-- instant of the one after. The scope holds whole people.
-- $1 tenant
merge into person_orders as p
using (
  select s.person_id, o.id as order_id, o.at, o.net_minor, row_number() over person as nth,
         extract(epoch from o.at - lag(o.at) over person)::bigint as gap_seconds, lead(o.at) over person as next_at
  from scope_people s
  join person_members m on m.tenant_id = $1 and m.person_id = s.person_id and m.entity = 'order'
  join (select id, coalesce(created_at, paid_at) as at, net_minor, external_id, site_id
        from orders
        where tenant_id = $1 and class = 'paid' and currency = (select currency from tenants where id = $1)
          and coalesce(created_at, paid_at) is not null) o on o.id = m.entity_id
  window person as (partition by s.person_id order by o.at, o.external_id, o.site_id)
) as w on p.tenant_id = $1 and p.order_id = w.order_id
when matched and (p.person_id, p.nth, p.gap_seconds, p.created_at, p.next_at, p.net_minor)
                 is distinct from (w.person_id, w.nth, w.gap_seconds, w.at, w.next_at, w.net_minor)
     then update set person_id = w.person_id, nth = w.nth, gap_seconds = w.gap_seconds, created_at = w.at, next_at = w.next_at, net_minor = w.net_minor
when not matched
     then insert (tenant_id, order_id, person_id, nth, gap_seconds, created_at, next_at, net_minor)
     values ($1, w.order_id, w.person_id, w.nth, w.gap_seconds, w.at, w.next_at, w.net_minor);
