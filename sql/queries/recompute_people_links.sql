-- recompute_people_links: hubs that a record ties to each other. Most people are one hub and have no link.
-- $1 tenant
insert into people_links (node, hub)
select other_hub, hub from people_scope where other_hub <> hub
union
-- a record with three keys and more: the hubs between its first and its last one
select *
from (
  select (select min(record_node(o.entity, o.entity_id)) from usable_keys o where o.tenant_id = $1 and o.key = k.key) as node, s.hub
  from people_scope s
  join usable_keys k on k.tenant_id = $1 and k.entity = node_entity(s.node) and k.entity_id = node_id(s.node)
  where s.has_more and not exists (select from shared_keys x where x.tenant_id = $1 and x.key = k.key)
) between_hubs
where node <> hub;
