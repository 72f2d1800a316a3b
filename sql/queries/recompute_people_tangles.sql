-- recompute_people_tangles: the records (and edges by hand) of these components with their unshared keys.
-- $1 tenant · $2 labels
select coalesce(l.label, s.hub) as label, s.node, array_agg(k.key order by k.key) as keys
from people_scope s
left join people_labels l on l.node = s.hub
cross join lateral (
  select m.key
  from usable_keys m
  where m.tenant_id = $1 and m.entity = node_entity(s.node) and m.entity_id = node_id(s.node)
    and not exists (select from shared_keys x where x.tenant_id = $1 and x.key = m.key)
  union all
  select x.key
  from usable_edges e cross join lateral (values (e.key_a), (e.key_b)) x (key)
  where node_entity(s.node) = 'edge' and e.tenant_id = $1 and e.id = node_id(s.node)
) k
where coalesce(l.label, s.hub) = any ($2::bigint[])
group by 1, 2
order by 2;
