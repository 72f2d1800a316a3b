-- recompute_people_scope: the touched records, those that an unshared key links to them now, and everybody who was the same person as one of
-- these. No link leaves this set: an old link would have made its ends one person (of those that a hand divided, all are touched), a new one has a
-- touched end. An edge by hand stands among them as if it were a record that has both keys.
-- $1 tenant · $2 is_full
insert into people_scope (node, entity, entity_id, person_id, has_key)
with seed as (
  select entity, entity_id from touched
  union
  select m.entity, m.entity_id
  from touched_keys k
  join usable_keys m on m.tenant_id = $1 and m.key = k.key
  where not $2 and not exists (select from shared_keys s where s.tenant_id = $1 and s.key = k.key)
), old_people as (
  select distinct p.person_id
  from seed
  join person_members p on p.tenant_id = $1 and p.entity = seed.entity and p.entity_id = seed.entity_id
  where not $2
), records as (
  select entity, entity_id from seed
  union
  select p.entity, p.entity_id
  from old_people
  join person_members p on p.tenant_id = $1 and p.person_id = old_people.person_id
), numbered as (
  select row_number() over (order by entity, entity_id) as node, entity, entity_id
  from (
    select entity, entity_id from records
    union all
    select 'edge', id from usable_edges where tenant_id = $1 and kind = 'same'
  ) tied
)
select n.node, n.entity, n.entity_id, p.person_id,
       exists (select from usable_keys m where m.tenant_id = $1 and m.entity = n.entity and m.entity_id = n.entity_id)
from numbered n
left join person_members p on p.tenant_id = $1 and p.entity = n.entity and p.entity_id = n.entity_id;
