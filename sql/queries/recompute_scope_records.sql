-- recompute_scope_records: the touched records, those that an unshared key links to them now, and everybody who was the same person as one of
-- these. No link leaves this set: an old link would have made its ends one person (of those that a hand divided, all are touched), a new one has a
-- touched end. Nearly all that a touched key leads to were the same person before, so only the others' people are looked up.
-- $1 tenant
insert into scope_records
with own as materialized (
  select t.entity, t.entity_id, p.person_id
  from touched t
  left join person_members p on p.tenant_id = $1 and p.entity = t.entity and p.entity_id = t.entity_id
), theirs as materialized (
  select p.entity, p.entity_id, p.person_id
  from (select distinct person_id from own) old_people
  join person_members p on p.tenant_id = $1 and p.person_id = old_people.person_id
), met as materialized (
  select k.entity, k.entity_id
  from (
    select distinct m.entity, m.entity_id
    from touched_keys k
    join usable_keys m on m.tenant_id = $1 and m.key = k.key
    where not exists (select from shared_keys s where s.tenant_id = $1 and s.key = k.key)
  ) k
  where not exists (select from theirs t where t.entity = k.entity and t.entity_id = k.entity_id)
    and not exists (select from own o where o.entity = k.entity and o.entity_id = k.entity_id)
), others as materialized (
  select m.entity, m.entity_id, p.person_id
  from met m
  left join person_members p on p.tenant_id = $1 and p.entity = m.entity and p.entity_id = m.entity_id
)
select entity, entity_id, person_id from own where person_id is null
union all
select entity, entity_id, person_id from theirs
union all
select entity, entity_id, person_id from others where person_id is null
union all
select p.entity, p.entity_id, p.person_id
from (select distinct person_id from others) old_people
join person_members p on p.tenant_id = $1 and p.person_id = old_people.person_id;
