-- recompute_people_untie: a shared key ties no records.
-- $1 tenant
with shared as materialized (
  select k.key_no, k.nodes from shared_keys s join key_groups k on k.key = s.key where s.tenant_id = $1
), untied as (
  select distinct unnest(nodes) as node from shared
), kept as (
  select u.node, min(k.hub) as hub, max(k.hub) as other_hub
  from untied u
  left join (
    select unnest(nodes) as node, nodes[1] as hub from key_groups where key_no not in (select key_no from shared)
  ) k on k.node = u.node
  group by u.node
)
update people_scope s set hub = k.hub, other_hub = k.other_hub
from kept k
where s.node = k.node;
