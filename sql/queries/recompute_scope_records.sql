-- recompute_scope_records: the touched records, those that an unshared key links to them now, and everybody who was the same person as one of
-- these. No link leaves this set: an old link would have made its ends one person (of those that a hand divided, all are touched), a new one has a
-- touched end.
-- $1 tenant
insert into scope_records
with seed as (
  select entity, entity_id from touched
  union
  select m.entity, m.entity_id
  from touched_keys k
  join usable_keys m on m.tenant_id = $1 and m.key = k.key
  where not exists (select from shared_keys s where s.tenant_id = $1 and s.key = k.key)
), placed as materialized (
  select seed.entity, seed.entity_id, p.person_id
  from seed
  left join person_members p on p.tenant_id = $1 and p.entity = seed.entity and p.entity_id = seed.entity_id
)
select entity, entity_id, person_id from placed where person_id is null
union all
select p.entity, p.entity_id, p.person_id
from (select distinct person_id from placed) old_people
join person_members p on p.tenant_id = $1 and p.person_id = old_people.person_id;
