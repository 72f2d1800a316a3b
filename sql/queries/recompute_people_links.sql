-- recompute_people_links: each record (or edge by hand) tied to the first one that has the same unshared key.
-- $1 tenant
insert into people_links (node, hub)
with ties as (
  select s.node, m.key
  from people_scope s
  join usable_keys m on m.tenant_id = $1 and m.entity = s.entity and m.entity_id = s.entity_id
  where not exists (select from shared_keys k where k.tenant_id = $1 and k.key = m.key)
  union all
  select s.node, x.key
  from people_scope s
  join usable_edges e on e.tenant_id = $1 and e.id = s.entity_id
  cross join lateral (values (e.key_a), (e.key_b)) x (key)
  where s.entity = 'edge'
)
select distinct node, hub
from (select node, min(node) over (partition by key) as hub from ties) tied
where node <> hub;
