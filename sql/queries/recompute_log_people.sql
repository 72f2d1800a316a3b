-- recompute_log_people: writes down who became whom. A merge is told by a key that one of the person's records and a record that was not the
-- person's have: the changed record of the two, or the edge by hand.
-- $1 tenant · $2 now
with ties as (
  select mv.old_id, k.entity, k.entity_id, k.key
  from people_moves mv
  join (select node_entity(node) as entity, node_id(node) as entity_id, person_id from people_scope where has_key offset 0) mine on mine.person_id = mv.old_id
  join usable_keys k on k.tenant_id = $1 and k.entity = mine.entity and k.entity_id = mine.entity_id
  where mv.is_merge and not exists (select from shared_keys x where x.tenant_id = $1 and x.key = k.key)
), neighbours as (
  select t.*, k.entity as other_entity, k.entity_id as other_id
  from ties t
  join usable_keys k on k.tenant_id = $1 and k.key = t.key
  join people_scope o on o.node = record_node(k.entity, k.entity_id) and o.person_id is distinct from t.old_id
  union all
  select t.*, 'edge', e.id
  from ties t
  join usable_edges e on e.tenant_id = $1 and e.kind = 'same' and (e.key_a = t.key or e.key_b = t.key)
), reasons as (
  select distinct on (n.old_id) n.old_id, n.key,
         case when its.entity is null and own.entity is not null then n.entity else n.other_entity end as entity,
         case when its.entity is null and own.entity is not null then n.entity_id else n.other_id end as entity_id
  from neighbours n
  left join touched own on own.entity = n.entity and own.entity_id = n.entity_id
  left join touched its on its.entity = n.other_entity and its.entity_id = n.other_id
  order by n.old_id, its.entity is null and own.entity is null and n.other_entity <> 'edge', n.other_entity = 'edge', n.key, n.other_entity, n.other_id
)
insert into person_changes (tenant_id, kind, person_id, other_person_id, key, entity, entity_id, changed_at)
select $1, case when mv.is_merge then 'merged' else 'split' end, mv.old_id, mv.person_id, r.key, r.entity, r.entity_id, $2
from people_moves mv
left join reasons r on r.old_id = mv.old_id and mv.is_merge
order by mv.old_id, mv.person_id;
