-- recompute_people_links: each record tied to the first one that has the same unshared key.
-- $1 tenant
insert into people_links (node, hub)
select distinct node, hub
from (
  select s.node, min(s.node) over (partition by m.key) as hub
  from people_scope s
  join usable_keys m on m.tenant_id = $1 and m.entity = s.entity and m.entity_id = s.entity_id
  where not exists (select from shared_keys k where k.tenant_id = $1 and k.key = m.key)
) tied
where node <> hub;
