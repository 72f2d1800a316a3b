-- recompute_people_conflicts: the keys that somebody called not the same and that nevertheless met in one component, with the component.
-- $1 tenant
with ends as (
  select distinct x.key
  from usable_edges e cross join lateral (values (e.key_a), (e.key_b)) x (key)
  where e.tenant_id = $1 and e.kind = 'not_same'
), holders as (
  select d.key, record_node(m.entity, m.entity_id) as node
  from ends d
  join usable_keys m on m.tenant_id = $1 and m.key = d.key
  union all
  select d.key, record_node('edge', e.id)
  from ends d
  join usable_edges e on e.tenant_id = $1 and e.kind = 'same' and (e.key_a = d.key or e.key_b = d.key)
), places as (
  select distinct h.key, coalesce(l.label, s.hub) as label
  from holders h
  join people_scope s on s.node = h.node
  left join people_labels l on l.node = s.hub
)
select e.key_a as a, e.key_b as b, mine.label
from usable_edges e
join places mine on mine.key = e.key_a
join places its on its.key = e.key_b and its.label = mine.label
where e.tenant_id = $1 and e.kind = 'not_same'
order by mine.label, e.key_a, e.key_b;
