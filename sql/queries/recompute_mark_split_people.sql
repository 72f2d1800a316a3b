-- recompute_mark_split_people: whose records are parts of one component that a hand divided.
-- $1 tenant · $2 nodes
with split as (
  select distinct m.person_id
  from (select node_entity(node) as entity, node_id(node) as entity_id from unnest($2::bigint[]) as n (node) offset 0) n
  join person_members m on m.tenant_id = $1 and m.entity = n.entity and m.entity_id = n.entity_id
), looked_at as (
  select person_id as id, true as is_split from split
  union all
  select p.id, false
  from people p
  where p.tenant_id = $1 and p.is_split and p.id not in (select person_id from split)
    and exists (
      select from person_members m join people_scope s on s.node = record_node(m.entity, m.entity_id)
      where m.tenant_id = $1 and m.person_id = p.id)
)
update people p set is_split = l.is_split
from looked_at l
where p.tenant_id = $1 and p.id = l.id and p.is_split <> l.is_split;
