-- recompute_people_edges: what somebody called the same stands among the records as if it were one that has both keys.
-- $1 tenant
insert into people_scope (node, has_key, hub, other_hub, has_more, has_many)
select node, false, min(hub), max(hub), false, false
from (
  -- the only record of a key is not its hub: it has one of its own
  select e.node, least(coalesce(r.hub, entry_node(k.entries[1])), min(e.node) over (partition by e.key)) as hub
  from (
    select record_node('edge', e.id) as node, x.key
    from usable_edges e cross join lateral (values (e.key_a), (e.key_b)) x (key)
    where e.tenant_id = $1 and e.kind = 'same'
  ) e
  left join key_entries k on k.key = e.key
  left join people_scope r on r.node = entry_node(k.entries[1]) and cardinality(k.entries) = 1
) ties
group by node;
