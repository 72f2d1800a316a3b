-- recompute_write_person_orders: the paid orders of the people looked at, one after the other, with the seconds since the one before and the
-- instant of the one after; an order that is no paid order of a person any more goes. The scope holds whole people.
-- $1 tenant
with wanted as (
  select m.person_id, o.id as order_id, o.at, o.net_minor, row_number() over person as nth,
         date_part('epoch', o.at - lag(o.at) over person)::bigint as gap_seconds, lead(o.at) over person as next_at
  from scope_people_members m
  join (select id, coalesce(created_at, paid_at) as at, net_minor, external_id, site_id
        from orders
        where tenant_id = $1 and class = 'paid' and currency = (select currency from tenants where id = $1)
          and coalesce(created_at, paid_at) is not null) o on o.id = m.entity_id
  where m.tenant_id = $1 and m.entity = 'order'
  window person as (partition by m.person_id order by o.at, o.external_id, o.site_id)
), changed as materialized (
  select coalesce(w.order_id, p.order_id) as order_id, w.person_id, w.at, w.net_minor, w.nth, w.gap_seconds, w.next_at
  from wanted w
  full join (select * from written_person_orders where tenant_id = $1) p on p.order_id = w.order_id
  where (p.person_id, p.nth, p.gap_seconds, p.created_at, p.next_at, p.net_minor)
        is distinct from (w.person_id, w.nth, w.gap_seconds, w.at, w.next_at, w.net_minor)
), gone as (
  delete from person_orders p using changed c where c.person_id is null and p.tenant_id = $1 and p.order_id = c.order_id
)
insert into person_orders (tenant_id, order_id, person_id, nth, gap_seconds, created_at, next_at, net_minor)
select $1, order_id, person_id, nth, gap_seconds, at, next_at, net_minor from changed where person_id is not null
on conflict (tenant_id, order_id) do update
set person_id = excluded.person_id, nth = excluded.nth, gap_seconds = excluded.gap_seconds, created_at = excluded.created_at,
    next_at = excluded.next_at, net_minor = excluded.net_minor;
