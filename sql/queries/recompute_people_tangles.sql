-- recompute_people_tangles: the records (and edges by hand) of these components with their unshared keys.
-- $1 tenant · $2 labels
select l.label, l.node, array_agg(k.key order by k.key) as keys
from people_labels l
join people_scope s on s.node = l.node
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
where l.label = any ($2::bigint[])
group by l.label, l.node
order by l.node;
