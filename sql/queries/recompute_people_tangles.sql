-- recompute_people_tangles: the records (and edges by hand) of these components with their unshared keys.
-- $1 tenant · $2 labels
select s.label, s.node, array_agg(k.key order by k.key) as keys
from (
  select coalesce(l.label, s.hub) as label, s.node, node_entity(s.node) as entity, node_id(s.node) as entity_id
  from people_scope s
  left join people_labels l on l.node = s.hub
  where coalesce(l.label, s.hub) = any ($2::bigint[])
  offset 0
) s
cross join lateral (
  select m.key
  from usable_keys m
  where m.tenant_id = $1 and m.entity = s.entity and m.entity_id = s.entity_id
    and not exists (select from shared_keys x where x.tenant_id = $1 and x.key = m.key)
  union all
  select x.key
  from usable_edges e cross join lateral (values (e.key_a), (e.key_b)) x (key)
  where s.entity = 'edge' and e.tenant_id = $1 and e.id = s.entity_id
) k
group by 1, 2
order by 2;
