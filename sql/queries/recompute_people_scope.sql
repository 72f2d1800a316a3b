-- recompute_people_scope: the records (and edges by hand) looked at that have a key or a person. Each unshared key is stood for by the first record
-- that has it, the key's hub: a record is tied to the first of its keys' hubs, and the last one tells whether it ties hubs to each other. Keys are
-- put together by their hash first, because most of them are equal over many characters.
-- $1 tenant
insert into people_scope (node, entity, entity_id, person_id, has_key, hub, other_hub, has_more)
with ties as (
  select record_node(k.entity, k.entity_id) as node, k.key, s.key is null as is_tie
  from scope_keys k
  left join shared_keys s on s.tenant_id = $1 and s.key = k.key
  where k.tenant_id = $1
), hubs as (
  select node, case when is_tie then min(node) over (partition by hashtextextended(key, 0), key) end as hub from ties
), tied as (
  select node, min(hub) as hub, max(hub) as other_hub, count(*) > 2 as has_more from hubs group by node
), members as (
  select record_node(entity, entity_id) as node, person_id from scope_members where tenant_id = $1
)
select node, case node >> 60 when 0 then 'cart' when 1 then 'lead' when 2 then 'order' else 'edge' end, node & ((1::bigint << 60) - 1),
       m.person_id, t.node is not null and node >> 60 < 3, t.hub, t.other_hub, coalesce(t.has_more, false)
from tied t
full join members m using (node);
