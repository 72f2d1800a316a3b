-- recompute_people_links: hubs that a record ties to each other. Most people are one hub and have no link.
-- $1 tenant
insert into people_links (node, hub)
select other_hub, hub from people_scope where other_hub <> hub
union
-- a record with three keys and more: the hubs between its first and its last one
select *
from (
  select (select min(record_node(o.entity, o.entity_id)) from usable_keys o where o.tenant_id = $1 and o.key = k.key) as node, s.hub
  -- columns, not the functions: those might tell what they see, so row security keeps them out of an index
  from (select node_entity(node) as entity, node_id(node) as entity_id, hub from people_scope where has_more offset 0) s
  join usable_keys k on k.tenant_id = $1 and k.entity = s.entity and k.entity_id = s.entity_id
  where not exists (select from shared_keys x where x.tenant_id = $1 and x.key = k.key)
) between_hubs
where node <> hub;
