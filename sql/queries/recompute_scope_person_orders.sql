-- recompute_scope_person_orders: the paid orders of the people looked at, one after the other, with the seconds since the one before and the instant
-- of the one after (a pass over everything: whole_company.wanted_person_orders).
-- $1 tenant
insert into scope_person_orders (tenant_id, person_id, order_id, nth, gap_seconds, created_at, next_at, net_minor)
select tenant_id, person_id, order_id, row_number() over person, date_part('epoch', at - lag(at) over person)::bigint, at, lead(at) over person, net_minor
from scope_orders
where tenant_id = $1 and is_counted
window person as (partition by tenant_id, person_id order by at, external_id, site_id);
