-- get_person_unions: why these records are one person: two keys that one record has (the first such record, by the shop's own instant), or that
-- somebody called the same. Oldest first.
-- $1 tenant · $2 person
with own as (
  select m.entity, m.entity_id, k.key, coalesce(o.external_id, c.external_id, l.external_id) as external_id, coalesce(o.site_id, c.site_id, l.site_id) as site_id,
         coalesce(o.created_at, o.paid_at, o.first_seen_at, c.first_activity_at, l.captured_at, l.first_seen_at) as at
  from person_members m
  join usable_keys k on k.tenant_id = $1 and k.entity = m.entity and k.entity_id = m.entity_id
  left join orders o on m.entity = 'order' and o.tenant_id = $1 and o.id = m.entity_id
  left join carts c on m.entity = 'cart' and c.tenant_id = $1 and c.id = m.entity_id
  left join leads l on m.entity = 'lead' and l.tenant_id = $1 and l.id = m.entity_id
  where m.tenant_id = $1 and m.person_id = $2
    and not exists (select from shared_keys s where s.tenant_id = $1 and s.key = k.key)
), by_records as (
  select distinct on (one.key, two.key) one.key as a, two.key as b, one.entity, one.entity_id, one.external_id, one.site_id, one.at
  from own one
  join own two on two.entity = one.entity and two.entity_id = one.entity_id and two.key > one.key
  order by one.key, two.key, one.at, one.site_id, one.entity, one.external_id, one.entity_id
)
select t.a, t.b, t.entity, t.entity_id as id, t.external_id as "sourceId", s.slug as site, t.at, null as author, null as note
from by_records t
join sites s on s.tenant_id = $1 and s.id = t.site_id
union all
select e.key_a, e.key_b, 'edge', e.id, null, null, e.created_at, u.email, e.note
from usable_edges x
join person_edges e on e.tenant_id = $1 and e.id = x.id
left join users u on u.id = e.user_id
where x.tenant_id = $1 and x.kind = 'same' and (x.key_a in (select key from own) or x.key_b in (select key from own))
order by at, a, b;
