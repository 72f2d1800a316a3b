-- recompute_number_keys: the keys of the records looked at, each with a number and its records in their order (entry_node), with what each says of the
-- phone (entry_phone); the first of them is its hub. What puts records together after this compares numbers. In a pass over everything the primary key of
-- match_keys has the rows in this order.
-- $1 tenant
insert into key_entries (key_no, is_phone, is_shared, key, entries)
select row_number() over (), key >= 'p:', key in (select key from shared_keys where tenant_id = $1), key, entries
from (
  select key, array_agg(key_entry(entity, entity_id, phone_kind, is_presumed) order by entity, entity_id) as entries
  from record_keys
  where tenant_id = $1
  group by key
) keys;
