-- find_person: the person of an id, or whoever has its records since it was merged.
-- $1 tenant · $2 person
with recursive trail as (
  select $2::bigint as id
  union all
  select c.other_person_id
  from trail t
  join lateral (
    select other_person_id from person_changes where tenant_id = $1 and person_id = t.id and kind = 'merged' order by id desc limit 1
  ) c on not exists (select from people where tenant_id = $1 and id = t.id)
)
select p.id, p.paid_order_count as "paidOrderCount", p.first_paid_at as "firstPaidAt", p.last_paid_at as "lastPaidAt", p.net_minor as "netMinor",
       p.is_split as "isSplit"
from trail t
join people p on p.tenant_id = $1 and p.id = t.id;
