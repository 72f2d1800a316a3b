-- list_retention_people: records that grow too old to be kept with names, of whole people who never ordered, or of nobody. Whoever did something since is kept.
-- $1 tenant · $2 before · $3 limit (people, and records of nobody)
with old as (
  select 'lead' as entity, l.id, m.person_id
  from leads l left join person_members m on m.tenant_id = $1 and m.entity = 'lead' and m.entity_id = l.id
  where l.tenant_id = $1 and coalesce(l.captured_at, l.first_seen_at) < $2
    and not exists (select from erased_records e where e.tenant_id = $1 and e.entity = 'lead' and e.entity_id = l.id)
  union all
  select 'cart', c.id, m.person_id
  from carts c left join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = c.id
  where c.tenant_id = $1 and c.last_activity_at < $2
    and not exists (select from erased_records e where e.tenant_id = $1 and e.entity = 'cart' and e.entity_id = c.id)
), people as (
  select o.person_id from old o
  where o.person_id is not null and not exists (
    select from person_members m
    left join leads l on m.entity = 'lead' and l.tenant_id = $1 and l.id = m.entity_id
    left join carts c on m.entity = 'cart' and c.tenant_id = $1 and c.id = m.entity_id
    where m.tenant_id = $1 and m.person_id = o.person_id
      and (m.entity = 'order' or coalesce(l.captured_at, l.first_seen_at) >= $2 or c.last_activity_at >= $2))
  group by 1 order by 1 limit $3
)
select o.entity, o.id from old o join people p on p.person_id = o.person_id
union all
(select entity, id from old where person_id is null order by entity, id limit $3);
