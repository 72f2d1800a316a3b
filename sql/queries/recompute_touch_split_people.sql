-- recompute_touch_split_people: where a touched record or key meets somebody whom a hand divided, all that keys and edges tie together there is
-- touched: a new link anywhere may move the border between the parts.
-- $1 tenant
insert into touched
with recursive seed as (
  select entity, entity_id from touched
  union
  select m.entity, m.entity_id
  from touched_keys k
  join usable_keys m on m.tenant_id = $1 and m.key = k.key
  where not exists (select from shared_keys s where s.tenant_id = $1 and s.key = k.key)
), reached as (
  select m.entity, m.entity_id, null::text collate "C" as key
  from seed
  join person_members was on was.tenant_id = $1 and was.entity = seed.entity and was.entity_id = seed.entity_id
  join people p on p.tenant_id = $1 and p.id = was.person_id and p.is_split
  join person_members m on m.tenant_id = $1 and m.person_id = p.id
  union
  select next.entity, next.entity_id, next.key
  from reached r
  cross join lateral (
    select null as entity, null::bigint as entity_id, m.key
    from usable_keys m
    where m.tenant_id = $1 and m.entity = r.entity and m.entity_id = r.entity_id
      and not exists (select from shared_keys s where s.tenant_id = $1 and s.key = m.key)
    union all
    select m.entity, m.entity_id, null from usable_keys m where m.tenant_id = $1 and m.key = r.key
    union all
    select null, null, case when e.key_a = r.key then e.key_b else e.key_a end
    from usable_edges e
    where e.tenant_id = $1 and e.kind = 'same' and (e.key_a = r.key or e.key_b = r.key)
  ) next
)
select entity, entity_id from reached where entity is not null
on conflict do nothing;
