-- recompute_people_scope: the records looked at that have a key or a person. A record is tied to the hubs of its unshared keys: two of them where it
-- has an e-mail and a phone, and more where has_more says so; a key that no other record has ties to nothing, and a record without another is its own
-- hub. has_many: one of its keys has four records or more. Both sides are sorted: of three million records, a hash table would go through the disk a
-- second time for the join.
-- $1 tenant
insert into people_scope (node, person_id, has_key, hub, other_hub, email_no, phone_no, has_more, has_many)
with tied as (
  select node, case when max(size) > 0 then coalesce(min(hub), node) end as hub, coalesce(max(hub), node) as other_hub, nullif(greatest(max(key_no), 0), 0) as email_no, nullif(greatest(- min(key_no), 0), 0) as phone_no,
         count(*) as key_count, greatest(max(size), - min(size)) as most
  from (
    select entry_node(unnest(entries)) as node, hub, key_no, size
    from (
      -- phones are below zero here: one number tells both; so are the sizes of shared keys
      select entries, case when not is_shared and cardinality(entries) > 1 then entry_node(entries[1]) end as hub,
             case when is_phone then - key_no else key_no end as key_no, case when is_shared then - cardinality(entries) else cardinality(entries) end as size
      from key_entries
      offset 0
    ) keys
    order by 1
    offset 0
  ) ties
  group by node
), members as (
  select record_node(entity, entity_id) as node, person_id from scope_members where tenant_id = $1 order by 1 offset 0
)
select node, m.person_id, t.node is not null, t.hub, t.other_hub, t.email_no, t.phone_no,
       coalesce(t.key_count > (t.email_no is not null)::integer + (t.phone_no is not null)::integer, false), coalesce(most >= 4, false)
from tied t
full join members m using (node);
