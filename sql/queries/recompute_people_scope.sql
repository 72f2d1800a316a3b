-- recompute_people_scope: the records looked at that have a key or a person. A record is tied to the hubs of its unshared keys: two of them where it
-- has an e-mail and a phone, and more where has_more says so. has_many: one of its keys has four records or more. Both sides are sorted: of three
-- million records, a hash table would go through the disk a second time for the join.
-- $1 tenant
insert into people_scope (node, person_id, has_key, hub, other_hub, email_no, phone_no, has_more, has_many)
with tied as (
  select node, min(hub) as hub, max(hub) as other_hub, nullif(greatest(max(key_no), 0), 0) as email_no, nullif(greatest(- min(key_no), 0), 0) as phone_no,
         count(*) as key_count, max(size) as most
  from (
    select entry_node(unnest(entries)) as node, hub, key_no, size
    from (
      -- phones are below zero here: one number tells both
      select entries, case when not is_shared then entry_node(entries[1]) end as hub, case when is_phone then - key_no else key_no end as key_no,
             cardinality(entries) as size
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
