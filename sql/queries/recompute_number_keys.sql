-- recompute_number_keys: the keys of the records looked at, each with a number and its records in their order; the first of them is its hub. What
-- puts records together after this compares numbers. In a pass over everything the primary key of match_keys has the rows in this order.
-- $1 tenant
insert into key_groups (key_no, is_phone, key, nodes, phones)
select row_number() over (), key >= 'p:', key, nodes, phones
from (
  select key, array_agg(record_node(entity, entity_id) order by entity, entity_id) as nodes,
         -- what each record says of the phone, in the same order
         array_agg(phone_order(phone_kind, is_presumed) order by entity, entity_id) as phones
  from record_keys
  where tenant_id = $1
  group by key
) keys;
