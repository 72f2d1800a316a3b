-- merge_match_keys: the keys that the written records have now; one that is there and the same is not touched.
-- The list keeps the join from reading all keys that the company has.
-- $1 tenant · $2 entity
merge into match_keys as k
using (
  select s.key, t.entity_id, s.phone_kind, s.is_presumed,
         s.key in (select key from denied_keys where tenant_id = $1)
         or 'd:' || split_part(s.key, '@', 2) in (select key from denied_keys where tenant_id = $1) as is_denied
  from staged_keys s
  join staged_touched t on t.external_id = s.external_id
) as s
   on k.tenant_id = $1 and k.entity = $2 and k.entity_id = any(array(select entity_id from staged_touched)) and k.entity_id = s.entity_id and k.key = s.key
 when matched and (k.phone_kind is distinct from s.phone_kind or k.is_presumed <> s.is_presumed)
      then update set phone_kind = s.phone_kind, is_presumed = s.is_presumed
 when not matched
      then insert (tenant_id, key, entity, entity_id, phone_kind, is_presumed, is_denied)
      values ($1::bigint, s.key, $2::text, s.entity_id, s.phone_kind, s.is_presumed, s.is_denied);
