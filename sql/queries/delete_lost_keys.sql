-- delete_lost_keys: keys that the written records no longer have, queued so that the records they matched are looked at again.
-- The list keeps the join from reading all keys that the company has.
-- $1 tenant · $2 entity
with lost as (
  delete from match_keys k
  using staged_touched t
  where k.tenant_id = $1 and k.entity = $2 and k.entity_id = any(array(select entity_id from staged_touched)) and k.entity_id = t.entity_id
    and not exists (select from staged_keys s where s.external_id = t.external_id and s.key = k.key)
  returning k.key
)
insert into recompute_queue (tenant_id, entity, key)
select distinct $1::bigint, 'key', key from lost;
