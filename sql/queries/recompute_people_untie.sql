-- recompute_people_untie: a shared key ties no records. Few records have one: their other keys are looked for by number, and those of a record with
-- more than an e-mail and a phone in match_keys.
-- $1 tenant
with shared as materialized (
  select k.key_no, k.nodes from shared_keys s join key_groups k on k.key = s.key where s.tenant_id = $1
), untied as materialized (
  select s.node, s.email_no, s.phone_no, s.has_more
  from people_scope s
  join (select distinct unnest(nodes) as node from shared) u on u.node = s.node
), ties as (
  select u.node, n.key_no from untied u cross join lateral (values (u.email_no), (u.phone_no)) n (key_no) where not u.has_more
  union all
  select u.node, k.key_no
  from untied u
  join usable_keys m on m.tenant_id = $1 and m.entity = node_entity(u.node) and m.entity_id = node_id(u.node)
  join key_groups k on k.key = m.key
  where u.has_more
), kept as (
  select u.node, min(k.nodes[1]) as hub, max(k.nodes[1]) as other_hub
  from untied u
  left join (
    select t.node, g.nodes
    from ties t
    join key_groups g on g.key_no = t.key_no
    where g.key_no not in (select key_no from shared)
  ) k on k.node = u.node
  group by u.node
)
update people_scope s set hub = k.hub, other_hub = k.other_hub
from kept k
where s.node = k.node;
