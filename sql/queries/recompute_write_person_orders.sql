-- recompute_write_person_orders: the paid orders of the people looked at, as they are wanted; an order that is no paid order of a person any more goes.
-- The scope holds whole people.
-- $1 tenant
with changed as materialized (
  select coalesce(w.order_id, p.order_id) as order_id, w.person_id, w.created_at, w.net_minor, w.nth, w.gap_seconds, w.next_at
  from (select * from wanted_person_orders where tenant_id = $1) w
  full join (select * from written_person_orders where tenant_id = $1) p on p.order_id = w.order_id
  where (p.person_id, p.nth, p.gap_seconds, p.created_at, p.next_at, p.net_minor)
        is distinct from (w.person_id, w.nth, w.gap_seconds, w.created_at, w.next_at, w.net_minor)
), gone as (
  delete from person_orders p using changed c where c.person_id is null and p.tenant_id = $1 and p.order_id = c.order_id
)
insert into person_orders (tenant_id, order_id, person_id, nth, gap_seconds, created_at, next_at, net_minor)
select $1, order_id, person_id, nth, gap_seconds, created_at, next_at, net_minor from changed where person_id is not null
on conflict (tenant_id, order_id) do update
set person_id = excluded.person_id, nth = excluded.nth, gap_seconds = excluded.gap_seconds, created_at = excluded.created_at,
    next_at = excluded.next_at, net_minor = excluded.net_minor;
