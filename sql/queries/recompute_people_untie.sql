-- recompute_people_untie: the records of the keys that became or stopped being shared after people_scope was made are tied anew. Their other keys are
-- looked for by number, and those of a record with more than an e-mail and a phone in match_keys.
-- $1 tenant · $2 keys
with flipped as materialized (
  update key_entries set is_shared = not is_shared where key = any ($2::text[]) returning entries
), untied as materialized (
  select s.node, s.email_no, s.phone_no, s.has_more
  from people_scope s
  join (select distinct entry_node(unnest(entries)) as node from flipped) u on u.node = s.node
), ties as (
  select u.node, n.key_no from untied u cross join lateral (values (u.email_no), (u.phone_no)) n (key_no) where not u.has_more
  union all
  select u.node, k.key_no
  from (select node, node_entity(node) as entity, node_id(node) as entity_id from untied where has_more offset 0) u
  join usable_keys m on m.tenant_id = $1 and m.entity = u.entity and m.entity_id = u.entity_id
  join key_entries k on k.key = m.key
), kept as (
  select u.node, min(k.hub) as hub, max(k.hub) as other_hub
  from untied u
  left join (
    select t.node, entry_node(g.entries[1]) as hub
    from ties t
    join key_entries g on g.key_no = t.key_no
    where g.is_shared = (g.key = any ($2::text[])) -- as it was before this statement
  ) k on k.node = u.node
  group by u.node
)
update people_scope s set hub = k.hub, other_hub = k.other_hub
from kept k
where s.node = k.node;
